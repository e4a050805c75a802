import { inspect } from 'node:util'
import {
  BatchError,
  batchFromCsv,
  batchFromRows,
  batchProcess,
  callPath,
  defineModel,
  getModel,
  invokeModel,
  type Outcome,
} from '../../lib/index.js'
import { collect } from '../support/collect.js'
import { makePrompt } from '../support/make-prompt.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('defineModel', () => {
  const bench = useBatch()
  const defined = (ask: Parameters<typeof defineModel>[0]['ask']) =>
    defineModel({ id: 'own-model', ask, surroundings: bench.surroundings() })

  it('makes a model that is asked with the text and the row', async () => {
    const seen: unknown[] = []
    const model = defined((text, { row, system }) => {
      seen.push([text, row, system])
      return text.toUpperCase()
    })
    const rows = [{ id: 7, word: 'tea' }]
    const pairs: unknown[] = []
    const options = { template: 'Say {word}', system: 'To {id}' }
    for await (const [row, response] of batchProcess(model, rows, options)) {
      pairs.push([row.id, response.text()])
    }
    expect(seen).toEqual([['Say tea', { id: 7, word: 'tea' }, 'To 7']])
    expect(pairs).toEqual([[7, 'SAY TEA']])
  })

  it('fails the row of a plain error, with it as the cause, and asks the others', async () => {
    const fault = new Error('out of tea')
    const model = defined(text => {
      if (text === 'two') throw fault
      return { text, usage: { inputTokens: 3, outputTokens: 2 }, costUsd: 0.5 }
    })
    const responses = []
    for await (const [, response] of batchProcess(model, ['one', 'two', 'three'])) {
      responses.push(response)
    }
    expect(responses.map(({ error }) => error?.message)).toEqual([
      undefined,
      'The model own-model failed: out of tea',
      undefined,
    ])
    expect(responses[1]?.error).toMatchObject({ reach: 'row', cause: fault })
    expect(responses[0]).toMatchObject({ costUsd: 0.5, usage: { outputTokens: 2 } })
  })

  it('fails the row also of a thrown value that is no error', async () => {
    const model = defined(() => {
      throw 'out of tea'
    })
    for await (const [, { error }] of batchProcess(model, ['one'])) {
      expect(error).toMatchObject({
        ...{ code: 'REQUEST_REJECTED', reach: 'row', cause: 'out of tea' },
        message: 'The model own-model failed: out of tea',
      })
    }
    expect.assertions(1)
  })

  it('is asked again, in messages and not in rounds, after an answer that does not fit', async () => {
    const seen: unknown[] = []
    const model = defined((_text, { rounds, messages }) => {
      seen.push([rounds.length, messages.map(({ role }) => role)])
      return messages.length > 1 ? '{"age": 36}' : '{"age": "old"}'
    })
    for await (const [, response] of batchProcess(model, ['Ada'], { schema: 'age int' })) {
      expect([response.json(), response.attempts]).toEqual([{ age: 36 }, 2])
    }
    expect(seen).toEqual([
      [0, ['user']],
      [0, ['user', 'assistant', 'user']],
    ])
  })

  it('has the clock of the system if its surroundings have none', async () => {
    const surroundings = bench.surroundings({ clock: undefined })
    const model = defineModel({ id: 'own-model', ask: text => text, surroundings })
    const beforeMs = Date.now()
    const calls = callPath(model)
    const outcomes = await collect<Outcome>([makePrompt('one')], invokeModel({ calls }))
    await calls.close()
    const times = outcomes.map(one => one.kind === 'answered' && one.answer.startedAtMs)
    expect(times).toEqual([expect.any(Number)])
    expect(times[0]).toBeGreaterThanOrEqual(beforeMs)
    expect(times[0]).toBeLessThanOrEqual(Date.now())
  })

  it('tries again what its function says may be tried again', async () => {
    let calls = 0
    const model = defined(() => {
      calls += 1
      if (calls < 3) throw new BatchError('Busy', { code: 'SERVER_OVERLOADED', reach: 'attempt' })
      return 'done'
    })
    for await (const [, response] of batchProcess(model, ['one'])) {
      expect(response).toMatchObject({ attempts: 3 })
      expect(response.text()).toBe('done')
    }
  })

  it.each([[undefined], [7], [{}], [{ text: 7 }]])(
    'fails the row of an answer that is not a text: %p',
    async answer => {
      for await (const [, response] of batchProcess(
        defined(() => answer as string),
        ['one'],
      )) {
        expect(response.error).toMatchObject({ code: 'REPLY_INVALID', reach: 'row' })
      }
    },
  )

  it('is what a recorded batch asks, also when the batch is resumed', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(4))
    const options = { template: '{review}', output: bench.workdir.join('out.csv') }
    let calls = 0
    const failing = defined(text => {
      calls += 1
      if (text.endsWith('2')) throw new Error('not this one')
      return `own: ${text}`
    })
    const first = await batchFromCsv(failing, path, options)
    expect(first).toMatchObject({ status: 'failed', tally: { answered: 3, failed: 1 } })
    const second = await batchFromCsv(
      defined(text => `later: ${text}`),
      path,
      { ...options, resume: true },
    )
    expect(second).toMatchObject({ status: 'completed', tally: { answered: 4, recalled: 3 } })
    expect(calls).toBe(4)
    expect(await bench.workdir.read('out.csv')).toContain(
      '2,review number 2,later: review number 2',
    )
    expect(bench.server.requestCount()).toBe(0)
  })

  it('refuses what has no id, and what is not a model', () => {
    expect(() => defineModel({ id: '', ask: () => '' })).toThrow('takes an id and a function')
    expect(() => defineModel({ id: 'x' } as never)).toThrow('takes an id and a function')
    const promise = getModel('echo', { surroundings: bench.surroundings() })
    expect(() => batchFromRows(promise as never, [])).toThrow('The model is a promise')
    expect(() => batchFromRows(null as never, [])).toThrow('The model is null, which neither')
    expect(() => batchFromRows('echo' as never, [])).toThrow('a value of the type string')
    expect(() => batchFromCsv({ id: 'x' } as never, 'in.csv')).toThrow('neither getModel nor')
  })
})

describe('a model', () => {
  const bench = useBatch()

  it('shows neither a key nor the environment', async () => {
    const key = 'sk-not-to-be-shown'
    const environment = {
      ...bench.surroundings().environment,
      OTHER_SECRET: 'hush',
      OPENAI_API_KEY: key,
    }
    const surroundings = bench.surroundings({ environment })
    const models = [
      await getModel('gpt-4o-mini', { surroundings }),
      await getModel('gpt-4o-mini', { surroundings, key }),
      defineModel({ id: 'x', ask: () => '', surroundings }),
    ]
    for (const model of models) {
      const shown = inspect(model, { depth: 10, showHidden: true }) + JSON.stringify(model)
      expect(shown).toContain(model.id)
      expect(shown).not.toMatch(/not-to-be-shown|hush/)
    }
  })

  it('gives errors that show neither', async () => {
    const key = 'sk-not-to-be-shown'
    bench.script.fault = () => ({
      kind: 'reply',
      status: 401,
      body: { error: { message: `Incorrect API key provided: ${key}`, code: 'invalid_api_key' } },
    })
    const model = await getModel('gpt-4o-mini', { surroundings: bench.surroundings(), key })
    let found: unknown
    try {
      for await (const [, { error }] of batchProcess(model, ['one'])) found = error
    } catch (error) {
      found = error
    }
    expect(found).toMatchObject({ code: 'KEY_INVALID' })
    const shown = inspect(found, { depth: 20, showHidden: true }) + JSON.stringify(found)
    expect(shown).not.toContain('not-to-be-shown')
  })
})

describe('a model of a function with tools', () => {
  const bench = useBatch()

  it('calls them, and gets what they gave', async () => {
    const add = {
      name: 'add',
      description: 'Adds two numbers.',
      inputSchema: { type: 'object', properties: { a: { type: 'number' } } },
      execute: ({ a }: { readonly a: number }) => a + 1,
    }
    const model = defineModel({
      id: 'own-model',
      surroundings: bench.surroundings(),
      ask(_text, { tools, rounds }) {
        const [round] = rounds
        if (round !== undefined) return `It is ${round.results[0]?.output}.`
        const toolCalls = tools.map(({ name }) => ({ id: '1', name, argumentsText: '{"a": 4}' }))
        return { text: '', toolCalls }
      },
    })
    for await (const [, response] of batchProcess(model, ['4 + 1?'], { tools: [add] })) {
      expect(response.text()).toBe('It is 5.')
      expect(response.attempts).toBe(2)
    }
  })
})
