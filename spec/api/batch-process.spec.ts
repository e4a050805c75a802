import { batchFromCsv } from '../../lib/api/batch-from-csv.js'
import { batchProcess } from '../../lib/api/batch-process.js'
import { getModel } from '../../lib/api/get-model.js'
import type { Response } from '../../lib/api/response.js'
import type { Clock } from '../../lib/port/clock.js'
import { smallFiles } from '../support/small-files.js'
import { faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('the library', () => {
  const bench = useBatch()
  const model = (name = 'gpt-4o-mini') => getModel(name, { surroundings: bench.surroundings() })

  describe('getModel', () => {
    it('knows a model by id, alias and provider, and refuses what it does not know', async () => {
      expect(await model('4o-mini')).toMatchObject({ id: 'gpt-4o-mini' })
      expect(await model('ollama/llama3')).toMatchObject({ id: 'ollama/llama3' })
      await expect(model('gpt-4o-mnii')).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' })
    })

    it('uses this process if it is told of no other surroundings', async () => {
      const former = process.env.LLM_USER_PATH
      process.env.LLM_USER_PATH = bench.workdir.join('own-home')
      try {
        await bench.workdir.write('own-home/aliases.json', '{"mine": "echo"}')
        expect(await getModel('mine')).toMatchObject({ name: 'mine', id: 'echo', options: {} })
      } finally {
        if (former === undefined) delete process.env.LLM_USER_PATH
        else process.env.LLM_USER_PATH = former
      }
    })

    it('refuses a missing key before anything is asked', async () => {
      const surroundings = bench.surroundings({
        environment: { LLM_USER_PATH: bench.workdir.path },
      })

      await expect(getModel('gpt-4o-mini', { surroundings })).rejects.toMatchObject({
        code: 'KEY_MISSING',
      })
    })
  })

  describe('batchProcess', () => {
    it('gives each prompt with its response, in the order of the prompts', async () => {
      bench.script.latencyMs = text => (text === 'one' ? 60 : 0)
      const pairs: [string, string][] = []

      for await (const [prompt, response] of batchProcess(await model(), ['one', 'two', 'three'], {
        concurrency: 3,
      })) {
        pairs.push([prompt, response.text()])
      }

      expect(pairs).toEqual([
        ['one', 'Answer to: one'],
        ['two', 'Answer to: two'],
        ['three', 'Answer to: three'],
      ])
    })

    it('sends attachments with each prompt, and refuses a wrong one before it asks', async () => {
      const name = await bench.workdir.write('a.png', smallFiles.png)
      const gif = { name, type: 'image/gif' }
      const asked = async (attachments: readonly (string | typeof gif)[]) => {
        const prompts = ['one', 'two']
        const pairs = batchProcess(await model(), prompts, { attachments: [...attachments] })
        for await (const [, response] of pairs) response.text()
      }

      await asked([name, gif])
      await expect(asked([`${name}.none`])).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' })

      const data = smallFiles.png.toString('base64')
      const images = bench.server.requests.map(({ body }) =>
        body.messages[0].content.slice(1).map((part: any) => part.image_url.url),
      )
      const inline = [`data:image/png;base64,${data}`, `data:image/gif;base64,${data}`]
      expect(images).toEqual([inline, inline])
    })

    it('says what each response cost, by the list or by a stated price', async () => {
      const costs = async (prices = {}) => {
        const pairs = batchProcess(await model(), ['one', 'two'], { prices })
        const found: unknown[] = []
        for await (const [, { costUsd }] of pairs) found.push(costUsd)
        return found
      }

      expect(await costs()).toEqual([0.000005625, 0.000005625])
      expect(await costs({ '4o-mini': { input: 1e6, output: 0 } })).toEqual([11, 11])
      await expect(costs({ 'gpt-4o-mni': { input: 1, output: 0 } })).rejects.toMatchObject({
        code: 'MODEL_UNKNOWN',
      })
      await expect(costs({ 'gpt-4o-mini': { input: -1, output: 0 } })).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
      })
    })

    it('gives answers of a form as values, and asks once more for one that does not fit', async () => {
      bench.script.answer = text =>
        text.startsWith('That does not fit') || text === 'Ada' ? '{"age": 36}' : '{"age": "old"}'
      const values: unknown[] = []
      for await (const [, response] of batchProcess(await model(), ['Ada', 'Alan'], {
        schema: 'age int,',
      })) {
        values.push([response.json(), response.attempts])
      }
      expect(values).toEqual([
        [{ age: 36 }, 1],
        [{ age: 36 }, 2],
      ])
      const both = batchProcess(await model(), ['Ada'], { schema: 'a, b', schemaMulti: 'c, d' })
      await expect(both.next()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    })

    it('takes prompts from an async iterable, no faster than it answers them', async () => {
      let given = 0
      async function* prompts() {
        for (; given < 10_000; given += 1) yield `prompt ${given}`
      }

      for await (const _ of batchProcess(await model(), prompts(), { concurrency: 2 })) break

      expect(given).toBeLessThan(500)
    })

    it('asks equal prompts once with dedupe, and only then', async () => {
      const prompts = Array.from({ length: 40 }, (_, index) => `prompt ${index % 4}`)
      const texts: string[] = []
      const given = { concurrency: 3, dedupe: true }
      for await (const [, response] of batchProcess(await model(), prompts, given)) {
        texts.push(response.text())
      }

      expect(texts).toEqual(prompts.map(prompt => `Answer to: ${prompt}`))
      expect(bench.server.requestCount()).toBe(4)
      for await (const [, response] of batchProcess(await model(), prompts)) response.text()
      expect(bench.server.requestCount()).toBe(44)
    })

    it('gives all responses before what the prompts throw', async () => {
      function* prompts() {
        for (let index = 0; index < 20; index += 1) yield `prompt ${index}`
        throw new RangeError('no more')
      }
      const given: string[] = []

      const reading = (async () => {
        const pairs = batchProcess(await model(), prompts(), { concurrency: 4 })
        for await (const [, response] of pairs) given.push(response.text())
      })()

      await expect(reading).rejects.toThrow('no more')
      expect(given).toEqual(Array.from({ length: 20 }, (_, n) => `Answer to: prompt ${n}`))
      expect(bench.server.requestCount()).toBe(20)
    })

    it('gives a failed prompt a response with an error, which text() throws', async () => {
      bench.script.fault = (_number, text) => (text === 'bad' ? faults.badRequest() : undefined)
      const responses: Response[] = []

      for await (const [, response] of batchProcess(await model(), ['good', 'bad'])) {
        responses.push(response)
      }

      expect(responses[0]?.error).toBeUndefined()
      expect(responses[1]?.error).toMatchObject({ code: 'REQUEST_REJECTED' })
      expect(() => responses[1]?.text()).toThrow(responses[1]?.error)
    })

    it.each([
      [null, 'null'],
      [undefined, 'undefined'],
      [5, 'a number'],
      [{ text: 'x' }, 'an object'],
      [Object.create(null), 'an object'],
      [['x'], 'an array'],
      [Symbol('x'), 'a symbol'],
    ])(
      'fails a prompt that is no text, by its index, and asks the others: %p',
      async (no, found) => {
        const pairs: [string, Response][] = []

        for await (const pair of batchProcess(await model(), ['one', no as string, 'two'])) {
          pairs.push(pair)
        }

        expect(pairs.map(([, response]) => response.error?.message ?? response.text())).toEqual([
          'Answer to: one',
          `Row 1: expected a string, found ${found}`,
          'Answer to: two',
        ])
        expect(pairs[1]?.[1].error).toMatchObject({ code: 'RECORD_INVALID', reach: 'row' })
        expect(bench.server.requestCount()).toBe(2)
      },
    )

    it.each([
      [null, 'null'],
      [undefined, 'undefined'],
      ['Hello', 'a string'],
      [{}, 'an object'],
    ])('refuses what is no list of prompts: %p', async (prompts, found) => {
      const iterate = async () => {
        for await (const _ of batchProcess(await model(), prompts as string[]));
      }

      await expect(iterate()).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        message: `The rows are ${found}, and not an array or an iterable of objects or strings`,
      })
      expect(bench.server.requestCount()).toBe(0)
    })

    it('gives responses as they come, if their order does not matter', async () => {
      bench.script.latencyMs = text => (text === 'one' ? 300 : 0)
      const options = { concurrency: 3, order: 'completion' } as const
      const prompts: string[] = []
      for await (const [prompt, response] of batchProcess(
        await model(),
        ['one', 'two', 'three'],
        options,
      )) {
        expect(response.text()).toBe(`Answer to: ${prompt}`)
        prompts.push(prompt)
      }

      expect(prompts).toHaveLength(3)
      expect(prompts.at(-1)).toBe('one')
    })

    it('stops before its prompts would cost more than they may', async () => {
      const prices = { 'gpt-4o-mini': { input: 0, output: 1e6 } }
      const options = { max_tokens: 10 }
      bench.script.answer = () => ({ text: 'yes', usage: { inputTokens: 1, outputTokens: 10 } })
      const asked = await getModel('gpt-4o-mini', { surroundings: bench.surroundings(), options })
      const costs: unknown[] = []
      const iterate = async () => {
        const limits = { prices, maxCostUsd: 35, concurrency: 1 }
        for await (const [, { costUsd }] of batchProcess(
          asked,
          ['1', '2', '3', '4', '5'],
          limits,
        )) {
          costs.push(costUsd)
        }
      }

      await expect(iterate()).rejects.toMatchObject({ code: 'COST_CAP_REACHED' })
      expect(costs).toEqual([10, 10, 10])
      expect(bench.server.requestCount()).toBe(3)
    })

    it('throws what stops everything', async () => {
      bench.script.fault = () => faults.keyRefused()
      const iterate = async () => {
        for await (const _ of batchProcess(await model(), ['one', 'two']));
      }

      await expect(iterate()).rejects.toMatchObject({ code: 'KEY_INVALID' })
    })

    it('throws it at once also when the prompts never end', async () => {
      bench.script.fault = () => faults.keyRefused()
      async function* endless() {
        for (let index = 0; ; index += 1) {
          await new Promise(resolve => setImmediate(resolve))
          yield `prompt ${index}`
        }
      }
      const iterate = async () => {
        for await (const _ of batchProcess(await model(), endless()));
      }

      await expect(iterate()).rejects.toMatchObject({ code: 'KEY_INVALID' })
    })

    it('sends a system prompt and options along', async () => {
      const asked = await getModel('gpt-4o-mini', {
        surroundings: bench.surroundings(),
        options: { temperature: '0.2' },
      })
      let question: any
      bench.script.answer = (_, given) => {
        question = given
        return 'ok'
      }

      for await (const _ of batchProcess(asked, ['one'], { system: 'Be brief' }));

      expect(question).toMatchObject({ system: 'Be brief' })
    })
  })

  describe('batchProcess and batchFromCsv at the same time', () => {
    it('pass one budget if they have the same model and key', async () => {
      const surroundings = bench.surroundings()
      const clock = surroundings.clock as Clock
      const startsMs: number[] = []
      bench.script.fault = () => void startsMs.push(clock.monotonicMs())
      const path = await bench.workdir.write('in.csv', reviewsCsv(10))
      const open = () => getModel('gpt-4o-mini', { surroundings })
      const limits = { concurrency: 5, rateLimit: 60 }
      const loop = async () => {
        const prompts = Array.from({ length: 10 }, (_, index) => `prompt ${index}`)
        for await (const _ of batchProcess(await open(), prompts, limits));
      }

      await Promise.all([
        loop(),
        batchFromCsv(await open(), path, { template: 'Classify: {review}', concurrency: 5 }),
        loop(),
      ])

      expect(startsMs).toHaveLength(30)
      const passedMs = Math.max(...startsMs) - Math.min(...startsMs)
      // While a loop with the limit runs, a call a second: ten at the least.
      expect(passedMs).toBeGreaterThan(19 * 900)
    })
  })

  describe('batchFromCsv', () => {
    const template = 'Classify: {review}'

    it('gives each row with its response, and writes the file as well', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(5))
      const output = bench.workdir.join('out.csv')
      const answers: string[] = []

      for await (const [prompt, response] of batchFromCsv(await model(), path, {
        template,
        output,
        concurrency: 2,
      })) {
        expect(prompt).toMatch(/^Classify: review number \d$/)
        answers.push(response.text())
      }

      expect(answers).toHaveLength(5)
      expect(await bench.workdir.read('out.csv')).toContain(
        '4,review number 4,Answer to: Classify: review number 4\n',
      )
    })

    it('loses no row when the loop is slower than the model', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(60))
      let rows = 0

      for await (const _ of batchFromCsv(await model(), path, { template, concurrency: 10 })) {
        await new Promise(resolve => setTimeout(resolve, 5))
        rows += 1
      }

      expect(rows).toBe(60)
    })

    it('gives the summary when it is awaited', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(5))
      const output = bench.workdir.join('out.csv')

      const summary = await batchFromCsv(await model(), path, { template, output })

      expect(summary).toMatchObject({ status: 'completed', tally: { answered: 5 } })
    })

    it('gives the recorded answers of a batch that is completed, and asks nothing', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(5))
      const options = { template, output: bench.workdir.join('out.csv') }
      await batchFromCsv(await model(), path, options)
      const answers: string[] = []

      const again = batchFromCsv(await model(), path, { ...options, resume: true })
      for await (const [, response] of again) answers.push(await response.text())

      expect(answers).toEqual([0, 1, 2, 3, 4].map(n => `Answer to: Classify: review number ${n}`))
      expect(bench.server.requestCount()).toBe(5)
    })

    const itOnLinux = process.platform === 'linux' ? it : it.skip
    itOnLinux('says why it stopped when its output cannot be written on', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(50))
      const options = { template, output: '/dev/full', format: 'csv' } as const

      const summary = await batchFromCsv(await model(), path, options)

      expect(summary).toMatchObject({
        status: 'failed',
        stopReason: { code: 'OUTPUT_UNWRITABLE' },
      })
    })

    it('ends the run when the loop is left early', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(1_000))

      for await (const _ of batchFromCsv(await model(), path, { template })) break

      expect(bench.server.requestCount()).toBeLessThan(100)
      expect(bench.server.inFlight()).toBe(0)
    })

    it('reads a file whose name tells no format as CSV', async () => {
      const path = await bench.workdir.write('reviews', reviewsCsv(2))
      const prompts: string[] = []
      for await (const [prompt] of batchFromCsv(await model(), path, { template })) {
        prompts.push(prompt)
      }

      expect(prompts).toEqual(['Classify: review number 0', 'Classify: review number 1'])
    })

    it('gives a row that cannot be rendered an error, and an empty prompt', async () => {
      const path = await bench.workdir.write('in.csv', 'id,review\n0,\n1,Lovely\n')
      const found: unknown[] = []
      const options = { template: '{review}' }
      for await (const [prompt, { error }] of batchFromCsv(await model(), path, options)) {
        found.push([prompt, error?.code])
      }

      expect(found).toEqual([
        ['', 'PROMPT_EMPTY'],
        ['Lovely', undefined],
      ])
      expect(bench.server.requestCount()).toBe(1)
    })

    it('throws, after the responses, what stopped the run that is iterated', async () => {
      bench.script.fault = (_number, text) => (text.endsWith('2') ? faults.keyRefused() : undefined)
      const path = await bench.workdir.write('in.csv', reviewsCsv(9))
      const answers: string[] = []
      const iterate = async () => {
        const options = { template, concurrency: 1 }
        for await (const [, response] of batchFromCsv(await model(), path, options)) {
          if (response.error === undefined) answers.push(response.text())
        }
      }

      await expect(iterate()).rejects.toMatchObject({ code: 'KEY_INVALID' })
      expect(answers).toEqual([0, 1].map(n => `Answer to: Classify: review number ${n}`))
    })

    it.each([
      [new Error('closing time'), 'Stopped by the signal: closing time'],
      ['closing time', 'Stopped by the signal: closing time'],
      [7, 'Stopped by the signal: 7'],
    ])('stops in order when its signal aborts with %p, and says so', async (reason, message) => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(200))
      const controller = new AbortController()
      const summary = await batchFromCsv(await model(), path, {
        template,
        concurrency: 1,
        signal: controller.signal,
        onOutcome: () => controller.abort(reason),
      })

      expect(summary.stopReason).toMatchObject({ code: 'RUN_INTERRUPTED', message, cause: reason })
      expect(summary.status).toBe('paused')
      expect(bench.server.requestCount()).toBeLessThan(200)
    })

    it('asks nothing if its signal has aborted while the batch was opened', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(20))
      const controller = new AbortController()
      const batch = batchFromCsv(await model(), path, { template, signal: controller.signal })
      controller.abort('closing time')

      expect(await batch).toMatchObject({
        status: 'paused',
        stopReason: { code: 'RUN_INTERRUPTED', message: 'Stopped by the signal: closing time' },
      })
      expect(bench.server.requestCount()).toBe(0)
    })

    it('throws what is wrong before the first call', async () => {
      const path = await bench.workdir.write('in.csv', reviewsCsv(1))
      const wrong = { template: 'Classify: {reveiw}' }
      const iterate = async () => {
        for await (const _ of batchFromCsv(await model(), path, wrong));
      }

      await expect(iterate()).rejects.toMatchObject({ code: 'COLUMN_MISSING' })
      await expect(batchFromCsv(await model(), path, wrong)).rejects.toMatchObject({
        code: 'COLUMN_MISSING',
      })
      expect(bench.server.requestCount()).toBe(0)
    })
  })
})
