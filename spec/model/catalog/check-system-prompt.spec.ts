import { checkSystemPrompt } from '../../../lib/model/catalog/check-system-prompt.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'

const model = (name: string) =>
  resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })

describe('checkSystemPrompt', () => {
  it('refuses a system prompt for a completion model, does not repeat it, and says what to do', () => {
    const check = () => checkSystemPrompt(model('3.5-instruct'), 'Be secret.')
    expect(check).toThrow(
      expect.objectContaining({
        code: 'MODEL_OPTION_INVALID',
        reach: 'run',
        message:
          'gpt-3.5-turbo-instruct takes no system prompt: the old completions endpoint has none',
        remedy: 'Put the text into the template, or use a chat model.',
      }),
    )
  })

  it.each([
    ['3.5-instruct', undefined],
    ['3.5-instruct', ''],
    ['gpt-4o', 'Be brief.'],
    ['echo', 'Be brief.'],
  ])('lets %s with the system prompt %j pass', (name, system) => {
    expect(() => checkSystemPrompt(model(name), system)).not.toThrow()
  })
})
