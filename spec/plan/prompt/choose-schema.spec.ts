import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { chooseSchema } from '../../../lib/plan/prompt/choose-schema.js'
import { fakeClock } from '../../support/fake-clock.js'

const schema = { type: 'object', properties: { sunny: { type: 'boolean' } } }

describe('chooseSchema', () => {
  it.each<[string, boolean, boolean]>([
    ['gpt-4o', false, false],
    ['gpt-4o', true, false],
    ['groq/llama-3', false, false],
    ['groq/llama-3', true, true],
    ['gemini-2.5-flash', false, false],
    ['gemini-2.5-flash', true, true],
    ['3.5-instruct', false, true],
  ])('says of %s, with tools %s, that the schema goes in the text: %s', async (...given) => {
    const [name, hasTools, isInText] = given
    const form = await chooseSchema(
      { schema },
      {
        folder: '/nowhere',
        databasePath: '/nowhere/logs.db',
        saved: undefined,
        reference: resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] }),
        hasTools,
        clock: fakeClock(),
      },
    )

    expect(form).toMatchObject({ schema, isInText })
  })
})
