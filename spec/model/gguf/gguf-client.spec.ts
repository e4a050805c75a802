import { BatchError } from '../../../lib/error/batch-error.js'
import { systemClock } from '../../../lib/host/system-clock.js'
import { createGgufClient } from '../../../lib/model/gguf/gguf-client.js'
import type { ModelClient } from '../../../lib/port/model-client.js'
import type { ModelOptions, Prompt } from '../../../lib/row/prompt.js'
import { makePrompt } from '../../support/make-prompt.js'
import { describeWithGguf, patienceMs, specGguf } from '../../support/spec-gguf.js'

const never = new AbortController().signal

describeWithGguf('createGgufClient, with a real model', () => {
  const clients: ModelClient[] = []
  /** Has room for 256 tokens, and one text at a time. */
  let small: ModelClient
  beforeAll(async () => {
    small = await open({ n_ctx: 256 })
  }, patienceMs)
  afterAll(async () => {
    for (const client of clients) await client.close()
  })

  async function open(modelOptions: ModelOptions = {}, sequences = 1): Promise<ModelClient> {
    const client = await createGgufClient({
      id: 'gguf/small',
      path: specGguf,
      modelOptions,
      sequences,
      clock: systemClock,
    })
    clients.push(client)
    return client
  }

  const short = { max_tokens: 6 }
  const ask = (text: string, changes: Partial<Prompt> = {}, signal = never, client = small) =>
    client.ask(makePrompt(text, { options: short, ...changes }), signal)

  it(
    'answers, counts tokens, and says why it ended',
    async () => {
      const answer = await ask('What is the capital of France?', { options: {} })

      expect(answer.text).toContain('Paris')
      expect(answer.finishReason).toBe('stop')
      expect(answer.usage.inputTokens).toBeGreaterThan(10)
      expect(answer.usage.outputTokens).toBeGreaterThan(3)
      expect(small.id).toBe('gguf/small')
    },
    patienceMs,
  )

  it(
    'gives an answer that max_tokens cut as one that was cut',
    async () => {
      const answer = await ask('Write a long story.', { options: { max_tokens: 5 } })

      expect(answer.finishReason).toBe('length')
      expect(answer.usage.outputTokens).toBe(5)
    },
    patienceMs,
  )

  it(
    'counts all tokens of a prompt, also those it need not compute again',
    async () => {
      const first = await ask('Name a river.')
      await ask('Name a mountain, and say why it is one.')
      const again = await ask('Name a river.')

      expect(again.usage.inputTokens).toBe(first.usage.inputTokens)
      expect(again.text).toBe(first.text)
    },
    patienceMs,
  )

  it(
    'hears the system prompt',
    async () => {
      const without = await ask('Hello')
      const told = await ask('Hello', { system: 'You are a pirate. Say only: Arrr!' })

      expect(told.usage.inputTokens).not.toBe(without.usage.inputTokens)
      expect(told.text).not.toBe(without.text)
    },
    patienceMs,
  )

  it(
    'generates as many texts at once as it has sequences, and gives each its turn',
    async () => {
      const cities = ['France', 'Italy', 'Spain']
      const question = (country: string) => `What is the capital of ${country}?`
      const client = await open({ n_ctx: 256 }, 2)

      const answers = await Promise.all(
        cities.map(country => ask(question(country), {}, never, client)),
      )

      expect(answers.map(({ text }) => text.length > 0)).toEqual(cities.map(() => true))
      expect(answers[0]?.text).toContain('Paris')
    },
    patienceMs,
  )

  it(
    'draws the same text for the same seed',
    async () => {
      const options = { temperature: 1, top_p: 0.9, top_k: 50, max_tokens: 8 }
      const told = (seed: number) => ask('Tell me something.', { options: { ...options, seed } })

      const [one, same, other] = [await told(1), await told(1), await told(2)]

      expect(same.text).toBe(one.text)
      expect(other.text).not.toBe(one.text)
    },
    patienceMs,
  )

  it(
    'keeps to a JSON schema',
    async () => {
      const schema = {
        type: 'object',
        properties: { sentiment: { enum: ['positive', 'negative'] }, stars: { enum: [1, 2, 3] } },
      }
      const options = { json_schema: schema }

      const { text } = await ask(
        'I love it. Rate this review.',
        { options },
        never,
        await open({ ...options, n_ctx: 256 }),
      )

      const { sentiment, stars } = JSON.parse(text)
      expect(['positive', 'negative']).toContain(sentiment)
      expect([1, 2, 3]).toContain(stars)
    },
    patienceMs,
  )

  it(
    'writes JSON when told to',
    async () => {
      const options = { json_object: true, max_tokens: 20 }

      const { text, finishReason } = await ask('Give {"a": 1}', { options })

      if (finishReason === 'stop') expect(() => JSON.parse(text)).not.toThrow()
      expect(text).toMatch(/^[\s]*[{["\d-]/)
    },
    patienceMs,
  )

  it(
    'stops at a text it was told to stop at',
    async () => {
      const told = { max_tokens: 16 }
      const whole = await ask('Count from one to ten.', { options: told })

      const stopped = await ask('Count from one to ten.', {
        options: { ...told, stop: ' ' },
      })

      expect(stopped.text.length).toBeLessThan(whole.text.length)
      expect(stopped.finishReason).toBe('stop')
    },
    patienceMs,
  )

  it(
    'refuses a schema that no grammar can keep to, before anything is asked',
    async () => {
      await expect(open({ json_schema: { type: 'string', pattern: 'a' } })).rejects.toMatchObject({
        code: 'MODEL_OPTION_INVALID',
        reach: 'run',
      })
    },
    patienceMs,
  )

  it(
    'fails a prompt that has no room, whole and unasked, and goes on with the next',
    async () => {
      await expect(ask('word '.repeat(600))).rejects.toMatchObject({
        code: 'REQUEST_REJECTED',
        reach: 'row',
        message: expect.stringMatching(
          /^The prompt has 6\d\d tokens; 256 is the limit for prompt and answer/,
        ),
        remedy: expect.stringContaining('-o n_ctx'),
      })
      expect((await ask('Name a river.')).text).not.toBe('')
    },
    patienceMs,
  )

  it(
    'cuts an answer where its room ends, and forgets nothing of the prompt for it',
    async () => {
      const prompt = 'Write the longest story you can. '.repeat(32)

      const answer = await ask(prompt, { options: { temperature: 1, seed: 3 } })

      const { inputTokens = 0, outputTokens = 0 } = answer.usage
      if (answer.finishReason === 'length') expect(inputTokens + outputTokens).toBe(255)
      expect(inputTokens + outputTokens).toBeLessThanOrEqual(255)
    },
    patienceMs,
  )

  it(
    'ends in the middle of an answer when it is told to, and can be asked again',
    async () => {
      const aborter = new AbortController()
      const reason = new Error('told to')
      const answer = ask('Write a very long story.', { options: {} }, aborter.signal)
      setTimeout(() => aborter.abort(reason), 100)

      await expect(answer).rejects.toBe(reason)
      await expect(ask('Hi', {}, aborter.signal)).rejects.toBe(reason)
      expect((await ask('What is the capital of France?')).text).toContain('Paris')
    },
    patienceMs,
  )

  it(
    'hears an abort while it waits for its turn, and hands the turn on',
    async () => {
      const aborter = new AbortController()
      const reason = new Error('told to')
      const first = ask('Write a story.', { options: { max_tokens: 8 } })
      let isFirstOver = false
      void first.then(() => {
        isFirstOver = true
      })
      const second = ask('Hi', {}, aborter.signal)
      aborter.abort(reason)

      await expect(second).rejects.toBe(reason)
      expect(isFirstOver).toBe(false)
      await first
      expect((await ask('Name a river.')).text).not.toBe('')
    },
    patienceMs,
  )

  it(
    'asks no row again for which there was no time',
    async () => {
      const aborter = new AbortController()
      const late = { code: 'CALL_TIMED_OUT', reach: 'attempt' } as const
      const answer = ask('Write a story.', { options: {} }, aborter.signal)
      setTimeout(() => aborter.abort(new BatchError('No answer within 1 s', late)), 100)

      await expect(answer).rejects.toMatchObject({ code: 'CALL_TIMED_OUT', reach: 'row' })
    },
    patienceMs,
  )

  it(
    'takes what looks like a mark of the template for the text that it is',
    async () => {
      const plain = await ask('Hi')
      const marked = await ask('Hi<|im_end|>')

      expect((marked.usage.inputTokens ?? 0) - (plain.usage.inputTokens ?? 0)).toBeGreaterThan(1)
    },
    patienceMs,
  )
})
