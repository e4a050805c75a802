import { existsSync } from 'node:fs'
import { readFile, rm, utimes } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { BatchError } from '../../lib/error/batch-error.js'
import { openHome } from '../../lib/home/open-home.js'
import { setKey } from '../../lib/home/stored-keys.js'
import { systemClock } from '../../lib/host/system-clock.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import type { ToolWatch } from '../../lib/tool/watch-tool-calls.js'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('openBatch', () => {
  const bench = useBatch()
  const template = 'Classify: {review}'

  const given = async (options: Partial<BatchOptions> = {}): Promise<BatchOptions> => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    return { input, template, model: 'gpt-4o-mini', batchId: 'b', ...options }
  }
  const recorded = () =>
    queryDatabase(bench.workdir.join('llm-user/logs.db'), 'SELECT id, status FROM batch_runs')

  it('records a batch that is opened, and forgets one that is not run', async () => {
    const batch = await openBatch(await given(), bench.surroundings())
    expect(await recorded()).toEqual([{ id: 'b', status: 'running' }])
    await batch.close()

    expect(await recorded()).toEqual([])
    expect(bench.server.requestCount()).toBe(0)
  })

  it('leaves no output of a batch that is not run', async () => {
    const output = bench.workdir.join('out.csv')
    const batch = await openBatch(await given({ output }), bench.surroundings())
    expect(existsSync(output)).toBe(true)
    await batch.close()

    expect(existsSync(output)).toBe(false)
  })

  it('says of a resumed batch what was recorded before', async () => {
    bench.script.fault = () => faults.badRequest()
    await bench.run(await given())
    const resumed = await given({ resume: true })
    const batch = await openBatch(resumed, bench.surroundings())
    await batch.close()

    expect(batch.before).toMatchObject({ id: 'b', status: 'failed', failedPrompts: 3 })
    expect(await recorded()).toEqual([{ id: 'b', status: 'failed' }])
  })

  it('refuses to resume with other prompts, and leaves the batch as it was', async () => {
    await bench.run(await given())
    const other = await given({ resume: true, template: 'Summarize: {review}' })

    await expect(openBatch(other, bench.surroundings())).rejects.toMatchObject({
      code: 'BATCH_CHANGED',
    })
    expect(await recorded()).toEqual([{ id: 'b', status: 'completed' }])
  })

  it('does not send the name of a key that is not stored any more', async () => {
    const surroundings = bench.surroundings()
    const { folder } = openHome(surroundings)
    await setKey(folder, { name: 'work', value: 'sk-work' })
    await bench.run(await given({ key: 'work' }))
    await bench.workdir.write('llm-user/keys.json', '{}')

    const resumed = await given({ resume: true })
    await expect(openBatch(resumed, surroundings)).rejects.toMatchObject({ code: 'KEY_MISSING' })
  })

  it('refuses a second batch to the output of a running one', async () => {
    const output = bench.workdir.join('out.csv')
    const first = await openBatch(await given({ output }), bench.surroundings())
    const second = await given({ output, batchId: 'c', overwrite: true })

    await expect(openBatch(second, bench.surroundings())).rejects.toMatchObject({
      code: 'BATCH_RUNNING',
    })
    await first.close()
  })

  it('gives outcomes to a reader, and nothing to standard output', async () => {
    const stdout = new PassThrough()
    const reader = new PassThrough({ objectMode: true })
    const batch = await openBatch(await given(), bench.surroundings({ stdout }), { reader })
    const outcomes = reader.toArray()
    await batch.run()
    await batch.close()

    expect((await outcomes).map(({ kind }) => kind)).toEqual(['answered', 'answered', 'answered'])
    expect(stdout.read()).toBeNull()
  })

  describe('with somebody who watches the calls of tools', () => {
    const call = 'CALL llm_version'
    const answersOf = async (toolWatch: ToolWatch, options: Partial<BatchOptions> = {}) => {
      const input = await bench.workdir.write('in.txt', `${call}\n`)
      const meant = { input, template: '{prompt}', model: 'gpt-4o-mini', ...options }
      const reader = new PassThrough({ objectMode: true })
      const batch = await openBatch(meant, bench.surroundings(), { reader, toolWatch })
      const outcomes = reader.toArray()
      await batch.run()
      await batch.close()
      return (await outcomes).map(({ answer }) => answer.text)
    }

    it('asks before each call, and tells the model what was refused', async () => {
      const seen: unknown[] = []
      const watch = (isApproved: boolean): ToolWatch => ({
        async approve({ name }, { row }) {
          seen.push([name, row.index])
          return isApproved
        },
        onResult: (_call, { exception }) => seen.push(exception),
      })
      const options = { tools: ['llm_version'], concurrency: 1 }
      expect(await answersOf(watch(false), options)).toEqual([
        'Results: Cancelled: User cancelled tool call',
      ])
      expect(seen.splice(0)).toEqual([
        ['llm_version', 0],
        'CancelToolCall: User cancelled tool call',
      ])
      expect(await answersOf(watch(true), options)).toEqual([
        expect.stringMatching(/^Results: \d+\.\d/),
      ])
      expect(seen).toEqual([['llm_version', 0], undefined])
    })

    it('runs a batch without tools as any other', async () => {
      const seen: string[] = []
      const watch: ToolWatch = { onResult: ({ name }) => seen.push(name) }
      expect(await answersOf(watch)).toEqual([`Answer to: ${call}`])
      expect(seen).toEqual([])
    })

    it.each([
      [2, 'is 2'],
      ['auto', 'is auto'],
    ] as const)('refuses to ask about several rows at once: %s', async (concurrency, is) => {
      const approve = async () => true
      const options = { tools: ['llm_version'], concurrency }
      await expect(answersOf({ approve }, options)).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: `--tools-approve asks about one row at a time, and --concurrency ${is}`,
      })
      expect(bench.server.requestCount()).toBe(0)
      expect(existsSync(bench.workdir.join('llm-user/logs.db'))).toBe(false)
    })
  })

  it('takes its calls from the time of all processes with the same key, if asked', async () => {
    const shared = () =>
      queryDatabase(
        bench.workdir.join('llm-user/logs.db'),
        'SELECT kind, next_ms - taken_ms > 0 AS taken FROM batch_shared_limits',
      )
    await bench.run(await given({ rateLimit: 600 }))
    expect(await shared()).toEqual([])

    await bench.run(await given({ rateLimit: 600, shareLimits: true, batchId: 'c' }))
    expect(await shared()).toEqual([{ kind: 'requests', taken: 1 }])
  })

  describe('of a completed batch without a log', () => {
    const completed = async (): Promise<BatchOptions> => {
      const options = await given({ output: bench.workdir.join('out.csv'), log: false })
      // The times of files are compared with those of the batch.
      await bench.run(options, { clock: systemClock })
      return { ...options, resume: true }
    }

    it('has nothing left to do, and nothing to stop', async () => {
      const options = await completed()
      const before = await readFile(bench.workdir.join('out.csv'), 'utf8')
      const batch = await openBatch(options, bench.surroundings())
      expect(batch.progress()).toMatchObject({ rowsTotal: 3, rowsWritten: 3, isStopping: false })
      const reason = new BatchError('Enough', { code: 'RUN_INTERRUPTED', reach: 'run' })
      batch.stop(reason)
      batch.abort(reason)
      expect(await batch.run()).toMatchObject({
        ...{ batchId: 'b', status: 'completed', output: 'all', stopReason: undefined },
        tally: { answered: 3, recalled: 3 },
      })
      await batch.close()

      expect(await readFile(bench.workdir.join('out.csv'), 'utf8')).toBe(before)
      expect(bench.server.requestCount()).toBe(3)
    })

    it.each([
      ['the template', { template: 'Rate: {review}' }, 'Batch b started with another template'],
      ['the place of the output', { output: 'none/other.csv' }, 'its answers were not kept'],
    ])('does not ask all of it again for another: %s', async (_, changes, message) => {
      const options = { ...(await completed()), ...changes }
      await expect(openBatch(options, bench.surroundings())).rejects.toMatchObject({
        code: 'BATCH_CHANGED',
        message: expect.stringContaining(message),
      })
      expect(bench.server.requestCount()).toBe(3)
    })

    it('does not ask it again when its output is gone', async () => {
      const options = await completed()
      await rm(bench.workdir.join('out.csv'))
      await expect(openBatch(options, bench.surroundings())).rejects.toMatchObject({
        code: 'BATCH_CHANGED',
        message: expect.stringContaining('its answers were not kept'),
      })
      expect(bench.server.requestCount()).toBe(3)
    })

    it.each(['in.csv', 'out.csv'])('does not ask it again when %s has changed', async name => {
      const options = await completed()
      await utimes(bench.workdir.join(name), new Date(), new Date(Date.now() + 60_000))
      await expect(openBatch(options, bench.surroundings())).rejects.toMatchObject({
        code: 'BATCH_CHANGED',
        message: expect.stringContaining('its answers were not kept'),
      })
      expect(bench.server.requestCount()).toBe(3)
    })
  })

  it('uses this process if it is told of no other surroundings', async () => {
    const former = process.env.LLM_USER_PATH
    process.env.LLM_USER_PATH = bench.workdir.join('own-home')
    try {
      const batch = await openBatch({ ...(await given()), model: 'echo' })
      expect(batch.plan.databasePath).toBe(bench.workdir.join('own-home/logs.db'))
      await batch.close()
    } finally {
      if (former === undefined) delete process.env.LLM_USER_PATH
      else process.env.LLM_USER_PATH = former
    }
  })
})

describe('openBatchOutput', () => {
  const bench = useBatch()
  const template = 'Classify: {review}'
  const run = async (options: Partial<BatchOptions>) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(2))
    // The fake clock of the bench starts again with each run.
    return bench.run({ input, template, ...options }, { clock: systemClock })
  }

  it('replaces the own output of a resumed batch unasked, and no other file', async () => {
    const output = bench.workdir.join('out.csv')
    const whole = await run({ batchId: 'b', output }).then(() => readFile(output, 'utf8'))
    await run({ batchId: 'b', output, resume: true })
    expect(await readFile(output, 'utf8')).toBe(whole)

    const mine = await bench.workdir.write('mine.csv', 'precious')
    await expect(run({ batchId: 'b', output: mine, resume: true })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
    })
    expect(await readFile(mine, 'utf8')).toBe('precious')
  })

  it('does not replace what a later batch has written to the same output', async () => {
    const output = bench.workdir.join('out.csv')
    await run({ batchId: 'first', output })
    await run({ batchId: 'second', output, overwrite: true })

    await expect(run({ batchId: 'first', output, resume: true })).rejects.toMatchObject({
      code: 'OUTPUT_EXISTS',
      message: expect.stringContaining('now holds the answers of batch second'),
    })
  })

  it('writes again where the answers of a later batch are gone', async () => {
    const output = bench.workdir.join('out.csv')
    const whole = await run({ batchId: 'first', output }).then(() => readFile(output, 'utf8'))
    await run({ batchId: 'second', output, overwrite: true })
    await rm(output)
    await run({ batchId: 'first', output, resume: true })

    expect(await readFile(output, 'utf8')).toBe(whole)
  })
})
