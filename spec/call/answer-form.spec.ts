import { answerForm } from '../../lib/call/answer-form.js'
import { textMessage } from '../../lib/row/message.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { makePrompt } from '../support/make-prompt.js'
import { answer, fault } from '../support/rows.js'
import { clientKinds } from '../support/scripted-client.js'
import { wayToModel } from './way-to-model.js'

type WayOptions = NonNullable<Parameters<typeof wayToModel>[0]>

const schema = { type: 'object', required: ['mood'] }
const faultOf = (value: unknown) =>
  Object.hasOwn(Object(value), 'mood') ? undefined : "the value must have the property 'mood'"
const rejected = () => fault('REQUEST_REJECTED', 'row')
const good = answer('{"mood": 3}')
const bad = answer('{"mod": 3}')

describe.each(clientKinds)('answerForm, on the way to a client with `%s`', kind => {
  function way({ isInText = false, ...options }: { isInText?: boolean } & WayOptions = {}) {
    const form = answerForm({ schema, faultOf, isInText })
    // The plan gives each prompt the schema; here the form does, so that prompts stay short.
    const asked = (prompt: Prompt) => form.asked({ ...prompt, schema })
    return { ...wayToModel({ ...options, form: { ...form, asked } }, kind), form }
  }

  it('takes an answer that fits, and one in a fenced block', async () => {
    const { ask, end, open, outcomes } = way()
    await ask(2)
    expect(open[0]?.prompt.schema).toBe(schema)
    await end(good)
    await end(answer('Here:\n```json\n{"mood": 3}\n```'))

    expect(outcomes).toMatchObject([
      { kind: 'answered', attempts: 1 },
      { kind: 'answered', attempts: 1, answer: { text: expect.stringContaining('Here') } },
    ])
  })

  it.each([
    ['text', answer('Good!'), 'the answer is not JSON'],
    ['other JSON', bad, "the value must have the property 'mood'"],
  ])('asks once more after %s, and names the fault to the model', async (_what, first, said) => {
    const { ask, end, open, outcomes } = way()
    await ask(1)
    await end(first)
    expect(outcomes).toEqual([])
    expect(open[0]?.prompt).toMatchObject({
      schema,
      followUps: [
        textMessage('assistant', first.text),
        { role: 'user', parts: [{ kind: 'text', text: expect.stringContaining(said) }] },
      ],
    })
    await end(good)

    expect(outcomes).toMatchObject([{ kind: 'answered', answer: good, attempts: 2 }])
    expect(outcomes[0]).not.toHaveProperty('prompt.followUps')
  })

  it('fails the row after the second misfit, and keeps its text', async () => {
    const { ask, end, outcomes, open } = way()
    await ask(1)
    await end(bad)
    await end(answer('still wrong'))

    expect(open).toEqual([])
    expect(outcomes).toMatchObject([
      {
        kind: 'failed',
        error: { code: 'SCHEMA_MISMATCH', reach: 'row' },
        answer: { text: 'still wrong' },
        attempts: 2,
      },
    ])
  })

  it('counts the tokens and the cost of a misfit with the answer that follows', async () => {
    const price = { costUsd: ({ inputTokens = 0 }) => inputTokens / 100 }
    const { ask, end, outcomes } = way({ price, retries: 0 })
    await ask(2)
    await end(answer('misfit', { usage: { inputTokens: 3, outputTokens: 1, reasoningTokens: 1 } }))
    await end(answer('misfit', { usage: { inputTokens: 5 } }))
    await end(answer('{"mood": 3}', { usage: { inputTokens: 7, outputTokens: 2 } }))
    await end(fault('SERVER_FAILED', 'attempt'))

    expect(outcomes).toMatchObject([
      {
        kind: 'answered',
        answer: { usage: { inputTokens: 7, outputTokens: 2 } },
        usage: { inputTokens: 10, outputTokens: 3, reasoningTokens: 1 },
        costUsd: 0.1,
      },
      {
        kind: 'failed',
        error: { code: 'SERVER_FAILED' },
        answer: { usage: { inputTokens: 5 } },
        usage: undefined,
        costUsd: 0.05,
      },
    ])
  })

  it('loses no paid answer when the calls are broken off before the next answer', async () => {
    const price = { costUsd: ({ inputTokens = 0 }) => inputTokens / 100 }
    const misfit = answer('misfit', { usage: { inputTokens: 3 } })
    const { ask, end, path, outcomes, clock } = way({ price, concurrency: 2, rateLimit: 60 })
    await ask(3)
    await end(misfit)
    await clock.advance(1_000)
    await end(misfit)

    // The first row is asked again, and the second waits for its place.
    path.breakOff(new Error('now'))
    await clock.advance(60_000)

    expect(outcomes).toMatchObject([
      { kind: 'failed', row: { index: 1 }, error: { code: 'SCHEMA_MISMATCH' }, costUsd: 0.03 },
      { kind: 'failed', row: { index: 0 }, error: { code: 'SCHEMA_MISMATCH' }, costUsd: 0.03 },
    ])
  })

  it('does not take a cut or an empty answer for a misfit', async () => {
    const { ask, end, outcomes } = way()
    await ask(2)
    await end(answer('{"mood', { finishReason: 'length' }))
    await end(answer(''))

    expect(outcomes).toMatchObject([
      { error: { code: 'ANSWER_TRUNCATED' }, attempts: 1 },
      { error: { code: 'ANSWER_EMPTY' }, attempts: 1 },
    ])
  })

  it('puts the schema in the text after a refusal, says so, and asks all later rows that way', async () => {
    const { ask, end, open, outcomes, form, release } = way()
    await ask(1)
    await end(rejected())
    expect(open[0]?.prompt.schema).toBeUndefined()
    expect(open[0]?.prompt.text).toContain(JSON.stringify(schema))
    expect(form.note()).toBeUndefined()
    await end(good)
    release()
    await ask(1)
    expect(open[0]?.prompt.schema).toBeUndefined()
    await end(bad)
    expect(open[0]?.prompt).toMatchObject({ schema: undefined, followUps: [{}, {}] })
    await end(good)

    expect(outcomes).toMatchObject([
      { kind: 'answered', attempts: 2 },
      { kind: 'answered', attempts: 2 },
    ])
    expect(form.note()).toMatch(/^The server refused structured output/)
  })

  it('puts the schema after the last of the messages that a row gives', async () => {
    const content = [{ type: 'text', text: 'Rate this.' }]
    const said = { kind: 'text', text: 'Rate this.' } as const
    const messages = [{ role: 'user', parts: [said], given: { role: 'user', content } }] as const
    const form = answerForm({ schema, faultOf, isInText: true })

    const asked = form.asked({ ...makePrompt('Rate this.'), messages })

    expect(asked.messages).toMatchObject([
      { role: 'user', parts: [said, {}], given: { content: [content[0], { type: 'text' }] } },
    ])
    expect(JSON.stringify(asked.messages?.[0]?.given)).toContain('Answer with JSON')
  })

  it('takes a refusal for the fault of the row, once the server has answered with the schema', async () => {
    const { ask, end, outcomes, form } = way()
    await ask(2)
    await end(good)
    await end(rejected())

    expect(outcomes).toMatchObject([
      { kind: 'answered' },
      { kind: 'failed', error: { code: 'REQUEST_REJECTED' }, attempts: 1 },
    ])
    expect(form.note()).toBeUndefined()
  })

  it('fails a row that is rejected either way, and tries the schema again with the next row', async () => {
    const { ask, end, open, outcomes, form, release } = way()
    await ask(1)
    await end(rejected())
    await end(rejected())
    expect(outcomes).toMatchObject([{ error: { code: 'REQUEST_REJECTED' }, attempts: 2 }])
    release()
    await ask(1)
    expect(open[0]?.prompt.schema).toBe(schema)
    await end(good)
    expect(form.note()).toBeUndefined()
  })

  it('puts the schema in the text at once where a model has no structured output', async () => {
    const { ask, open, form } = way({ isInText: true })
    await ask(1)
    expect(open[0]?.prompt.text).toContain(JSON.stringify(schema))
    expect(open[0]?.prompt.schema).toBeUndefined()
    expect(form.note()).toBeUndefined()
  })

  it('asks nothing more once the run stops, and gives the answer that was paid for', async () => {
    const { ask, end, outcomes, stop } = way()
    await ask(1)
    stop.request(fault('RUN_STOPPED', 'run'))
    await end(bad)
    expect(outcomes).toMatchObject([
      { kind: 'failed', error: { code: 'SCHEMA_MISMATCH' }, answer: bad, attempts: 1 },
    ])
  })
})
