import { createReadStream } from 'node:fs'
import { PassThrough, type Readable, Writable } from 'node:stream'
import { BatchError } from '../../lib/error/batch-error.js'
import { systemClock } from '../../lib/host/system-clock.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const template = 'Classify: {review}'

describe('the order and pace of rows', () => {
  const bench = useBatch()

  it('lets rows after a straggler go on, and puts them out behind it', async () => {
    bench.script.fault = (_number, text) =>
      text.endsWith('number 0') && bench.server.calls.get(text) === 1
        ? faults.retryAfter(60)
        : undefined
    const input = await bench.workdir.write('in.csv', reviewsCsv(1_000))
    const output = bench.workdir.join('out.csv')

    const summary = await bench.run({ input, output, template, concurrency: 4 })

    expect(summary.tally).toMatchObject({ answered: 1_000 })
    const ids = (await bench.workdir.read('out.csv')).trimEnd().split('\n').slice(1)
    expect(ids.map(line => Number(line.split(',')[0]))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => index),
    )
  })

  it('writes rows as they come with --unordered', async () => {
    bench.script.latencyMs = text => (text.endsWith('number 0') ? 300 : 0)
    const input = await bench.workdir.write('in.csv', reviewsCsv(20))
    const output = bench.workdir.join('out.jsonl')

    await bench.run({ input, output, template, concurrency: 2, order: 'completion' })

    const ids = (await bench.workdir.read('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).id)
    expect(ids.at(-1)).toBe('0')
    expect(new Set(ids).size).toBe(20)
  })

  it('keeps no more calls in flight than it may', async () => {
    bench.script.latencyMs = 20
    const input = await bench.workdir.write('in.csv', reviewsCsv(40))

    await bench.run({ input, output: bench.workdir.join('out.csv'), template, concurrency: 7 })

    expect(bench.server.peakInFlight()).toBe(7)
  })

  it('shows each answer while the input is still open', async () => {
    const stdin = new PassThrough()
    const stdout = new PassThrough({ encoding: 'utf8' })
    const batch = await (async () => {
      stdin.write('first question\n')
      return openBatch(
        { input: '-', model: 'echo', inputFormat: 'text' },
        bench.surroundings({ stdin, stdout, clock: systemClock }),
      )
    })()
    const running = batch.run()

    const [line] = await stdout[Symbol.asyncIterator]()
      .next()
      .then(({ value }) => [value])

    expect(JSON.parse(line)).toEqual({ prompt: 'first question', response: 'first question' })
    stdin.end()
    expect((await running).tally).toMatchObject({ answered: 1 })
    await batch.close()
  })

  it('ends the run when its reader goes away, with answers in flight recorded', async () => {
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        const isFull = String(chunk).includes('number 2')
        done(isFull ? Object.assign(new Error('EPIPE'), { code: 'EPIPE' }) : undefined)
      },
    })
    bench.script.latencyMs = 30
    const input = await bench.workdir.write('in.csv', reviewsCsv(1_000))

    const summary = await bench.run({ input, template, concurrency: 5 }, { stdout })

    expect(summary.stopReason).toMatchObject({ code: 'OUTPUT_CLOSED' })
    expect(bench.server.requestCount()).toBeLessThan(100)
    const [{ count }] = await queryDatabase(
      bench.workdir.join('llm-user/logs.db'),
      'SELECT count(*) AS count FROM batch_rows',
    )
    expect(count).toBe(bench.server.requestCount())
  })

  it('lets calls in flight finish at a stop, and leaves a valid output', async () => {
    bench.server.hold()
    const input = await bench.workdir.write('in.csv', reviewsCsv(100))
    const output = bench.workdir.join('out.json')
    const batch = await openBatch(
      { input, output, template, model: 'gpt-4o-mini', concurrency: 3 },
      bench.surroundings(),
    )
    const running = batch.run()
    await bench.server.arrived(3)

    batch.stop(new BatchError('Interrupted', { code: 'RUN_INTERRUPTED', reach: 'run' }))
    bench.server.release()
    const summary = await running
    await batch.close()

    expect(summary).toMatchObject({ status: 'paused', tally: { answered: 3, failed: 0 } })
    expect(bench.server.requestCount()).toBe(3)
    expect(JSON.parse(await bench.workdir.read('out.json'))).toHaveLength(3)
  })

  it('ends calls in flight at an abort, and leaves no output without a row', async () => {
    bench.server.hold()
    const input = await bench.workdir.write('in.csv', reviewsCsv(100))
    const output = bench.workdir.join('out.json')
    const batch = await openBatch(
      { input, output, template, model: 'gpt-4o-mini', concurrency: 3 },
      bench.surroundings(),
    )
    const running = batch.run()
    await bench.server.arrived(3)

    batch.abort(new BatchError('Interrupted', { code: 'RUN_INTERRUPTED', reach: 'run' }))
    const summary = await running
    await batch.close()

    expect(summary).toMatchObject({ status: 'paused', tally: { answered: 0 } })
    expect(summary.tally.skipped).toBe(summary.rowsRead)
    await expect(bench.workdir.read('out.json')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('stops at the first failed row when told to; those in flight are recorded', async () => {
    bench.script.fault = (_number, text) =>
      text.endsWith('number 5') ? faults.badRequest() : undefined
    const input = await bench.workdir.write('in.csv', reviewsCsv(500))

    const summary = await bench.run({
      input,
      output: bench.workdir.join('out.csv'),
      template,
      concurrency: 2,
      stopOnError: true,
    })

    expect(summary).toMatchObject({
      status: 'failed',
      stopReason: { code: 'RUN_STOPPED' },
      tally: { failed: 1 },
    })
    expect(bench.server.requestCount()).toBeLessThan(12)
    expect(summary.tally.answered).toBe(bench.server.requestCount() - 1)
  })

  it('ends in order where the input breaks, with the answers so far in a valid output', async () => {
    const input = await bench.workdir.write(
      'in.json',
      '[{"review": "a"}, {"review": "b"}, {"review": oops}]',
    )
    const output = bench.workdir.join('out.json')

    const summary = await bench.run({ input, output, template })

    expect(summary).toMatchObject({
      status: 'failed',
      rowsRead: 2,
      tally: { answered: 2 },
      stopReason: { code: 'INPUT_SYNTAX_INVALID' },
    })
    expect(JSON.parse(await bench.workdir.read('out.json'))).toHaveLength(2)
  })

  it('refuses an input of which not one row can be read: nothing asked, no output left', async () => {
    const input = await bench.workdir.write('in.csv', 'id,review\n1,"never closed\n')
    const output = bench.workdir.join('out.csv')

    await expect(bench.run({ input, output, template })).rejects.toMatchObject({
      code: 'INPUT_SYNTAX_INVALID',
    })
    await expect(bench.workdir.read('out.csv')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(bench.server.requestCount()).toBe(0)
  })

  it('spaces calls as the rate limit says, every attempt counted', async () => {
    const startsMs: number[] = []
    const surroundings = bench.surroundings()
    bench.script.answer = () => {
      startsMs.push(surroundings.clock?.monotonicMs() ?? 0)
      return 'ok'
    }
    const input = await bench.workdir.write('in.csv', reviewsCsv(6))

    await bench.run(
      { input, output: bench.workdir.join('out.csv'), template, rateLimit: 2, concurrency: 6 },
      { clock: surroundings.clock },
    )

    // 30 s apart, 100 times as fast; the wire takes its part of a few.
    const [first = 0, ...others] = startsMs
    expect(others).toHaveLength(5)
    for (const [index, startMs] of others.entries()) {
      expect(startMs - first).toBeGreaterThan((index + 1) * 30_000 - 15_000)
    }
  })

  it('reads a file through a pipe as well', async () => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const stdin = createReadStream(input)
    const stdout = new PassThrough({ encoding: 'utf8' })

    await bench.run({ input: '-', template, format: 'csv' }, { stdin: stdin as Readable, stdout })

    expect(stdout.read()).toContain('2,review number 2,Answer to: Classify: review number 2\n')
  })
})
