import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import type { BatchError } from '../../lib/error/batch-error.js'
import { systemClock } from '../../lib/host/system-clock.js'
import { type EstimateBatchOptions, estimateBatch } from '../../lib/plan/estimate-batch.js'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('estimateBatch', () => {
  const bench = useBatch()
  const template = 'Classify: {review}'
  const database = () => bench.workdir.join('llm-user/logs.db')

  const given = async (options: Partial<BatchOptions> = {}, rows = 20): Promise<BatchOptions> => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(rows))
    return { input, template, model: 'gpt-4o-mini', batchId: 'b', ...options }
  }

  async function estimated(options: BatchOptions, changes: EstimateBatchOptions = {}) {
    const estimation = await estimateBatch(options, bench.surroundings(), changes)
    await estimation.close()
    return estimation.estimate
  }

  /** Bills a token for each letter of the prompt, and as many for the answer as its row number. */
  const bill = () => {
    bench.script.answer = text => ({
      text: 'good',
      usage: { inputTokens: text.length, outputTokens: Number(text.split(' ').at(-1)) },
    })
  }

  it('counts what the batch would ask, and leaves nothing', async () => {
    const output = bench.workdir.join('out.csv')
    const estimate = await estimated(await given({ output }))

    const exact = Array.from(
      { length: 20 },
      (_, index) => countTokens(`Classify: review number ${index}`) + 7,
    )
    const inputTokens = exact.reduce((sum, tokens) => sum + tokens, 0)
    expect(estimate).toMatchObject({
      ...{ model: 'gpt-4o-mini', rows: 20, failingRows: 0, recordedRows: 0 },
      input: { tokens: inputTokens, isCounted: true },
      output: { tokens: Math.ceil(inputTokens / 3), evidence: 'ratio' },
      cost: { kind: 'priced' },
    })
    const usd = (inputTokens * 0.15 + estimate.output.tokens * 0.6) / 1e6
    expect(estimate.cost.usd).toBeCloseTo(usd, 9)
    expect(bench.server.requestCount()).toBe(0)
    expect([existsSync(output), existsSync(database())]).toEqual([false, false])
  })

  it('counts fragments and the system prompt with each row', async () => {
    const context = await bench.workdir.write('context.txt', 'We sell garden tools.')
    const plain = await estimated(await given())

    const more = await estimated(
      await given({ template: `!fragment ${context}\n${template}`, system: 'Be brief.' }),
    )

    const extra = countTokens('We sell garden tools.\n') + countTokens('Be brief.') + 4
    expect(more.input.tokens).toBe(plain.input.tokens + 20 * extra)
  })

  it('counts the schema with each row, and does not call that exact', async () => {
    const schema = { type: 'object', properties: { mood: { type: 'string' } } }
    const plain = await estimated(await given())

    const { input } = await estimated(await given({ schema }))

    expect(input.tokens).toBe(plain.input.tokens + 20 * countTokens(JSON.stringify(schema)))
    expect(input).toMatchObject({
      isCounted: false,
      basis: "counted with the model's own encoding (o200k_base), the schema as JSON",
    })
  })

  it('takes only the rows of --limit', async () => {
    expect(await estimated(await given({ limit: 3 }))).toMatchObject({ rows: 3 })
  })

  it('refuses what the run would refuse', async () => {
    const output = await bench.workdir.write('out.csv', 'mine')

    await expect(estimated(await given({ output }))).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    })
    await expect(estimated(await given({ template: '{nothing}' }))).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
    })
    expect(await bench.workdir.read('out.csv')).toBe('mine')
  })

  it('fails with an input that breaks midway', async () => {
    const input = await bench.workdir.write('broken.json', '[{"review": "a"}, {"review": ')

    await expect(estimated(await given({ input }))).rejects.toMatchObject({
      code: 'INPUT_SYNTAX_INVALID',
    })
  })

  it('estimates only the rows that a resumed batch would ask', async () => {
    await bench.run(await given({ limit: 15 }))

    const estimate = await estimated({ ...(await given()), resume: true })

    expect(estimate).toMatchObject({ rows: 5, recordedRows: 15 })
    expect(bench.server.requestCount()).toBe(15)
  })

  it('finds the answers of an edited input, each once', async () => {
    await bench.run(await given({}, 4))
    const lines = [
      'id,review',
      '9,new',
      '1,review number 1',
      '0,review number 0',
      '5,review number 1',
    ]
    await bench.workdir.write('in.csv', `${lines.join('\n')}\n`)
    const input = bench.workdir.join('in.csv')

    const options = { input, template, model: 'gpt-4o-mini', batchId: 'b', resume: true }

    expect(await estimated(options)).toMatchObject({ rows: 2, recordedRows: 2 })
  })

  it('asks nothing again of a batch without a log whose output is as it left it', async () => {
    const output = bench.workdir.join('out.csv')
    const options = await given({ output, log: false }, 3)
    await bench.run(options, { clock: systemClock })
    const again = { ...options, resume: true }

    expect(await estimated(again)).toMatchObject({ rows: 0, recordedRows: 3, cost: { usd: 0 } })
    await bench.workdir.write('out.csv', 'mine')
    await expect(estimated(again)).rejects.toMatchObject({ code: 'BATCH_CHANGED' })
    expect(bench.server.requestCount()).toBe(3)
  })

  it('reads standard input as it comes if nothing is to be asked', async () => {
    const stdin = Readable.from(['one 1\ntwo 2\n'])
    const options = { input: '-', model: 'gpt-4o-mini', inputFormat: 'text' } as const
    const estimation = await estimateBatch(options, bench.surroundings({ stdin }), {
      mayRun: false,
    })
    await estimation.close()

    expect(estimation.estimate.rows).toBe(2)
    expect(stdin.destroyed).toBe(true)
  })

  it('uses this process, and no sample, if it is told of nothing else', async () => {
    const former = process.env.LLM_USER_PATH
    process.env.LLM_USER_PATH = bench.workdir.join('own-home')
    try {
      const { estimate, plan, sampled, close } = await estimateBatch(await given({ model: 'echo' }))
      await close()
      expect([estimate.rows, sampled]).toEqual([20, undefined])
      expect(plan.databasePath).toBe(bench.workdir.join('own-home/logs.db'))
    } finally {
      if (former === undefined) delete process.env.LLM_USER_PATH
      else process.env.LLM_USER_PATH = former
    }
  })

  it('guesses by earlier answers to the same template and model', async () => {
    bill()
    await bench.run(await given({ batchId: 'a' }))

    const same = await estimated(await given())
    const other = await estimated(await given({ template: 'Rate: {review}' }))

    expect(same.output).toMatchObject({ tokens: 190, evidence: 'earlier-answers' })
    expect(same.output.low).toBeLessThan(190)
    expect(same.output.high).toBeGreaterThan(190)
    expect(other.output).toMatchObject({ evidence: 'ratio' })

    // A schema makes answers of another length.
    const shaped = await estimated(await given({ schema: 'mood str' }))
    expect(shaped.output).toMatchObject({ evidence: 'ratio' })
  })

  it('corrects the count of a tokenizer that is not the own one by what was billed', async () => {
    bill()
    await bench.run(await given({ batchId: 'a', model: 'deepseek/deepseek-chat', key: 'k' }))

    const { input } = await estimated(await given({ model: 'deepseek/deepseek-chat' }))

    const letters = Array.from({ length: 20 }, (_, at) => `Classify: review number ${at}`.length)
    const billed = letters.reduce((sum, length) => sum + length, 0)
    expect(input.isCounted).toBe(false)
    expect(input.tokens / billed).toBeCloseTo(1, 1)
    expect(input.basis).toContain('corrected by what was billed for 20 earlier prompts')
  })

  it('concludes nothing from bills that hold a schema besides the texts', async () => {
    const schema = {
      type: 'object',
      properties: { mood: { type: 'string', title: 'long '.repeat(30) } },
    }
    bench.script.answer = text => ({
      text: '{"mood": "good"}',
      usage: { inputTokens: text.length + 20, outputTokens: 5 },
    })
    const model = 'deepseek/deepseek-chat'
    await bench.run(await given({ batchId: 'a', model, key: 'k', schema }))

    const { input } = await estimated(await given({ model }))

    expect(input.basis).not.toContain('corrected')
  })

  it('takes the time that the limit of tokens a minute asks for', async () => {
    const { time, input, output } = await estimated(await given({ tokenLimit: 100 }))

    expect(time.seconds).toBeCloseTo(((input.tokens + output.tokens) / 100) * 60)
    expect(time.basis).toContain('100 tokens a minute')

    const rateLimits = { 'gpt-4o-mini': { concurrency: 2 } }
    const auto = await estimated(await given({ concurrency: 'auto', rateLimits }))
    expect(auto.time.basis).toContain('2 calls at once')
  })

  it('takes max_tokens for the upper end, and says nothing of an unknown price', async () => {
    const estimate = await estimated(
      await given({ model: 'openrouter/acme/nobody-knows-1', options: { max_tokens: 50 } }),
    )

    expect(estimate.output).toMatchObject({ tokens: 1000, evidence: 'max-tokens' })
    expect(estimate.cost).toMatchObject({ kind: 'unknown', usd: undefined })
    expect(estimate.cost.basis).toContain('batch-config.yaml')
  })

  describe('with a sample', () => {
    it('asks rows spread over the input, records them, and the run recalls them', async () => {
      bill()
      const output = bench.workdir.join('out.csv')
      const estimation = await estimateBatch(await given({ output }), bench.surroundings(), {
        sampleRows: 4,
      })

      const numbers = [...bench.server.calls.keys()].map(text => Number(text.split(' ').at(-1)))
      expect(numbers.map(number => Math.floor(number / 5))).toEqual([0, 1, 2, 3])
      const sum = numbers.reduce((total, number) => total + number, 0)
      expect(estimation.estimate).toMatchObject({
        rows: 20,
        output: { tokens: Math.round((sum / 4) * 20), evidence: 'sample' },
        sample: { answered: 4, failed: 0, outputTokens: sum },
      })
      expect(existsSync(output)).toBe(false)
      const counts = 'SELECT status, total_prompts, completed_prompts FROM batch_runs'
      expect(await queryDatabase(database(), counts)).toEqual([
        { status: 'paused', total_prompts: 20, completed_prompts: 4 },
      ])

      const batch = await estimation.open()
      const { tally } = await batch.run()
      await batch.close()
      await estimation.close()

      expect(tally).toMatchObject({ answered: 20, recalled: 4, failed: 0 })
      expect(bench.server.requestCount()).toBe(20)
      expect((await bench.workdir.read('out.csv')).trimEnd().split('\n')).toHaveLength(21)
    })

    it('reads standard input once, for the estimate, the sample and the run', async () => {
      const options = { input: '-', model: 'gpt-4o-mini', inputFormat: 'text' } as const
      const stdin = Readable.from(['one 1\ntwo 2\n', 'three 3\nfour 4\n'])
      const output = bench.workdir.join('out.jsonl')
      const estimation = await estimateBatch(
        { ...options, output },
        bench.surroundings({ stdin }),
        { sampleRows: 2 },
      )
      const batch = await estimation.open()
      await batch.run()
      await batch.close()
      await estimation.close()

      expect([...bench.server.calls.values()]).toEqual([1, 1, 1, 1])
      const lines = (await bench.workdir.read('out.jsonl')).trimEnd().split('\n')
      expect(lines.map(line => JSON.parse(line).prompt)).toEqual([
        'one 1',
        'two 2',
        'three 3',
        'four 4',
      ])
    })

    it('samples among the rows that a resumed batch would ask', async () => {
      await bench.run(await given({ limit: 10 }))
      const asked = new Set(bench.server.calls.keys())

      const estimate = await estimated({ ...(await given()), resume: true }, { sampleRows: 3 })

      expect(estimate).toMatchObject({ rows: 10, recordedRows: 10, sample: { answered: 3 } })
      expect(bench.server.calls.size).toBe(13)
      const sampled = [...bench.server.calls.keys()].filter(text => !asked.has(text))
      expect(sampled.every(text => Number(text.split(' ').at(-1)) >= 10)).toBe(true)
      const placed = 'SELECT count(DISTINCT row_index) AS rows FROM batch_rows'
      expect(await queryDatabase(database(), placed)).toEqual([{ rows: 13 }])
    })

    it('keeps the cap of a resumed batch over the sample', async () => {
      bench.script.answer = () => ({
        text: 'good',
        usage: { inputTokens: 10, outputTokens: 1_000 },
      })
      const options = { max_tokens: 1_000 }
      const capped = { ...(await given({ options, maxCostUsd: 0.004 })) }
      const { capped: before } = await bench.run(capped)
      const asked = bench.server.requestCount()

      const estimation = await estimateBatch(
        { ...capped, restart: false, resume: true },
        bench.surroundings(),
        { sampleRows: 3 },
      )
      await estimation.close()

      expect(estimation.sampled?.stopReason).toMatchObject({ code: 'COST_CAP_REACHED' })
      expect(estimation.sampled?.capped).toEqual(before)
      expect(bench.server.requestCount()).toBe(asked)
    })

    it('counts all answers to a row whose first answer did not fit its schema', async () => {
      const usage = { inputTokens: 100, outputTokens: 30 }
      bench.script.answer = text => ({
        text: text.startsWith('That does not fit') ? '{"mood": "good"}' : '{}',
        usage,
      })
      const schema = 'mood str'

      const { sample, output } = await estimated(await given({ schema }), { sampleRows: 4 })

      expect(sample).toMatchObject({ answered: 4, inputTokens: 800, outputTokens: 240 })
      expect(output.tokens).toBe(20 * 60)
    })

    it('refuses a sample of more rows than there are, before anything is asked', async () => {
      await expect(estimated(await given(), { sampleRows: 21 })).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: '--sample 21 asks for more rows than there are: 20 rows would be asked',
        remedy: 'Give --sample 20 or less.',
      })
      expect(bench.server.requestCount()).toBe(0)
      expect(existsSync(database())).toBe(false)
    })

    it.each([
      [1, 'there are: 1 row would be asked', 'Give --sample 1 or less.'],
      [0, 'there are: 0 rows would be asked', 'Leave out --sample.'],
    ])('says how many rows there are, of a batch with %d left', async (left, said, remedy) => {
      await bench.run(await given({ limit: 3 - left }, 3))
      const options = { ...(await given({}, 3)), resume: true }
      const error: BatchError = await estimated(options, { sampleRows: 2 }).catch(error => error)

      expect(error.message).toContain(said)
      expect(error.remedy).toBe(remedy)
      expect(bench.server.requestCount()).toBe(3 - left)
    })

    it('counts failed rows of a sample, and does not take them for answers', async () => {
      bill()
      bench.script.fault = number => (number === 1 ? faults.badRequest() : undefined)

      const { sample, output } = await estimated(await given(), { sampleRows: 4 })

      expect(sample).toMatchObject({ answered: 3, failed: 1, costUsd: expect.any(Number) })
      expect(output).toMatchObject({ evidence: 'sample' })
      expect(output.basis).toContain('3 answers')
    })

    it('says why a sample was stopped', async () => {
      bench.script.fault = () => faults.keyRefused()
      const estimation = await estimateBatch(await given(), bench.surroundings(), { sampleRows: 4 })
      await estimation.close()

      expect(estimation.sampled?.stopReason).toMatchObject({ code: 'KEY_INVALID' })
    })
  })
})
