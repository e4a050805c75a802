import { getEventListeners } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { systemClock } from '../../lib/host/system-clock.js'
import {
  type BatchProgress,
  batchFromCsv,
  batchFromRows,
  batchProcess,
  getModel,
  type Outcome,
} from '../../lib/index.js'
import { until } from '../support/until.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

/** Databases that this process has open. */
function openDatabases(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap(name => {
    try {
      const path = readlinkSync(`/proc/self/fd/${name}`)
      return path.endsWith('.db') ? [path] : []
    } catch {
      return []
    }
  })
}

describe('batchFromRows', () => {
  const bench = useBatch()
  const model = () => getModel('gpt-4o-mini', { surroundings: bench.surroundings() })
  const template = 'Classify: {text}'
  const reviews = Array.from({ length: 6 }, (_, id) => ({ id, text: `review ${id}` }))

  it('asks objects, writes and records them, and gives each with its response', async () => {
    const output = bench.workdir.join('out.jsonl')
    const pairs: unknown[] = []
    const batch = batchFromRows(await model(), reviews, { template, output, concurrency: 3 })
    for await (const [row, response] of batch) pairs.push([row.id, response.text()])
    expect(pairs).toEqual(reviews.map(({ id, text }) => [id, `Answer to: Classify: ${text}`]))
    expect(await batch).toMatchObject({ status: 'completed', tally: { answered: 6 } })
    const lines = (await bench.workdir.read('out.jsonl')).trim().split('\n')
    expect(JSON.parse(lines[2] as string)).toMatchObject({ id: 2, text: 'review 2' })
  })

  it('resumes with the same rows, and asks only what is missing', async () => {
    bench.script.fault = (_, text) =>
      text.endsWith('4') ? { kind: 'reply', status: 400, body: {} } : undefined
    const options = { template, output: bench.workdir.join('out.csv') }
    async function* given() {
      yield* reviews
    }
    const first = await batchFromRows(await model(), given(), options)
    expect(first).toMatchObject({ status: 'failed', tally: { answered: 5, failed: 1 } })
    bench.script.fault = () => undefined
    const again = await batchFromRows(await model(), given(), { ...options, resume: true })
    expect(again).toMatchObject({ status: 'completed', tally: { answered: 6, recalled: 5 } })
    expect(bench.server.requestCount()).toBe(7)
  })

  it('asks strings as they are', async () => {
    const pairs: unknown[] = []
    for await (const [text, response] of batchFromRows(await model(), ['a {b}', 'c'])) {
      pairs.push([text, response.text()])
    }
    expect(pairs).toEqual([
      ['a {b}', 'Answer to: a {b}'],
      ['c', 'Answer to: c'],
    ])
  })

  it('fails what is not a row, by its index, and asks the others', async () => {
    const given = [{ text: 'a' }, null, 7, ['x'], { text: () => 1 }, { text: new Date(0) }, 'b']
    const faults: unknown[] = []
    const onOutcome = (outcome: Outcome): void => {
      faults.push(outcome.kind === 'failed' ? outcome.error.message : outcome.row.columns.text)
    }
    await batchFromRows(await model(), given as { text: string }[], { template, onOutcome })
    expect(faults).toEqual([
      'a',
      'Row 1: expected an object, found null',
      'Row 2: expected an object, found a number',
      'Row 3: expected an object, found an array',
      'Row 4: the column text holds a function that JSON does not have',
      '1970-01-01T00:00:00.000Z',
      'Row 6: expected an object, found a string',
    ])
  })

  it('answers the rows before an error of their iteration, and says the error', async () => {
    async function* given() {
      yield* reviews.slice(0, 2)
      throw new Error('the cursor broke')
    }
    const summary = await batchFromRows(await model(), given(), { template })
    expect(summary.tally.answered).toBe(2)
    expect(summary.stopReason?.message).toContain('the cursor broke')
  })

  it('takes rows no faster than they are answered', async () => {
    let given = 0
    async function* rows() {
      for (; given < 10_000; given += 1) yield { text: `row ${given}` }
    }
    for await (const _ of batchFromRows(await model(), rows(), { template })) break
    expect(given).toBeLessThan(1_000)
  })

  it.each(['Hello', {}, null, 5])('refuses what cannot be iterated: %p', async rows => {
    const asked = await model()
    expect(() => batchFromRows(asked, rows as never, { template })).toThrow(
      'an iterable of objects',
    )
  })

  it('is a promise: it begins at once, and can be caught, raced and gathered', async () => {
    const batch = batchFromRows(await model(), reviews, { template })
    expect(batch).toBeInstanceOf(Promise)
    while (bench.server.requestCount() === 0) await new Promise(resolve => setTimeout(resolve, 5))
    const [summary] = await Promise.all([batch, batch.finally(() => {})])
    expect(summary.tally.answered).toBe(6)
    const refused = batchFromRows(await model(), reviews, { template: 'x {none}' })
    await expect(refused.catch(error => error.code)).resolves.toBe('COLUMN_MISSING')
  })

  it('throws an error before the first call in the iteration too, and only there', async () => {
    const iterate = async () => {
      for await (const _ of batchFromRows(await model(), reviews, { template: 'x {none}' }));
    }
    await expect(iterate()).rejects.toMatchObject({ code: 'COLUMN_MISSING' })
  })

  it('is iterated once, and not after it was awaited', async () => {
    const batch = batchFromRows(await model(), reviews, { template })
    await batch
    const iterate = async () => {
      for await (const _ of batch);
    }
    await expect(iterate()).rejects.toThrow('iterated once')
  })
})

describe('the listeners of a run', () => {
  const bench = useBatch()
  const model = () => getModel('gpt-4o-mini', { surroundings: bench.surroundings() })
  const template = 'Classify: {review}'

  it('stop it by a signal: what is in flight is recorded, and a resume goes on', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(40))
    const options = { template, output: bench.workdir.join('out.csv') }
    const aborter = new AbortController()
    let seen = 0
    const onOutcome = (): void => {
      seen += 1
      if (seen === 3) aborter.abort(new Error('enough'))
    }
    const { signal } = aborter
    const first = await batchFromCsv(await model(), path, { ...options, signal, onOutcome })
    expect(first).toMatchObject({ status: 'paused', stopReason: { code: 'RUN_INTERRUPTED' } })
    expect(getEventListeners(signal, 'abort')).toEqual([])
    const again = await batchFromCsv(await model(), path, { ...options, resume: true })
    expect(again).toMatchObject({ status: 'completed', tally: { answered: 40 } })
    expect(bench.server.requestCount()).toBe(40)
  })

  it('keep a run from beginning if the signal has aborted', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(4))
    const signal = AbortSignal.abort(new Error('never mind'))
    await expect(batchFromCsv(await model(), path, { template, signal })).rejects.toThrow(
      'never mind',
    )
    const loop = async () => {
      for await (const _ of batchProcess(await model(), ['one'], { signal }));
    }
    await expect(loop()).rejects.toThrow('never mind')
    expect(bench.server.requestCount()).toBe(0)
  })

  it('hear the state, the last of it at the end', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(8))
    bench.script.latencyMs = () => 100
    const states: BatchProgress[] = []
    await batchFromCsv(await model(), path, { template, onProgress: state => states.push(state) })
    expect(states.length).toBeGreaterThan(1)
    expect(states.at(-1)).toMatchObject({ rowsRead: 8, tally: { answered: 8 } })
  })

  it('stop the run by throwing', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(20))
    const onOutcome = (): void => {
      throw new Error('listener broke')
    }
    const { stopReason } = await batchFromCsv(await model(), path, { template, onOutcome })
    expect(stopReason?.message).toContain('listener broke')
  })

  it('stop the run by throwing on its way, and leave nothing open', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(20))
    const options = { template, output: bench.workdir.join('out.csv') }
    bench.script.latencyMs = () => 400
    const onProgress = (): void => {
      throw new Error('listener broke')
    }
    const slow = { ...options, concurrency: 1, onProgress }
    const first = await batchFromCsv(await model(), path, slow)
    expect(first.stopReason?.message).toContain('listener broke')
    bench.script.latencyMs = () => 0
    const again = await batchFromCsv(await model(), path, { ...options, resume: true })
    expect(again).toMatchObject({ status: 'completed', tally: { answered: 20 } })
  })

  it('break at the end only once the batch is closed', async () => {
    const path = await bench.workdir.write('in.csv', reviewsCsv(2))
    // Nothing is told before the end.
    const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
      systemClock.sleep(ms === 500 ? 3_600_000 : ms, signal)
    const surroundings = { ...bench.surroundings(), clock: { ...systemClock, sleep } }
    const own = await getModel('gpt-4o-mini', { surroundings })
    const onProgress = (): void => {
      throw new Error('listener broke')
    }
    await expect(batchFromCsv(own, path, { template, onProgress })).rejects.toThrow(
      'listener broke',
    )
    expect(openDatabases()).toEqual([])
  })

  it('work in batchProcess', async () => {
    const aborter = new AbortController()
    const states: number[] = []
    const outcomes: string[] = []
    const loop = async () => {
      const prompts = Array.from({ length: 30 }, (_, index) => `prompt ${index}`)
      for await (const _ of batchProcess(await model(), prompts, {
        signal: aborter.signal,
        concurrency: undefined,
        onProgress: ({ tally }) => states.push(tally.answered),
        onOutcome: ({ kind }) => outcomes.push(kind),
      })) {
        if (outcomes.length === 3) aborter.abort(new Error('enough'))
      }
    }
    await expect(loop()).rejects.toThrow('enough')
    expect(states.slice(0, 3)).toEqual([1, 2, 3])
    expect(bench.server.requestCount()).toBeLessThan(30)
  })

  it('let go of the rows if the template is refused', async () => {
    let isReturned = false
    async function* rows() {
      try {
        yield { text: 'a' }
      } finally {
        isReturned = true
      }
    }
    const loop = async () => {
      for await (const _ of batchProcess(await model(), rows(), { template: '{none}' }));
    }
    await expect(loop()).rejects.toMatchObject({ code: 'COLUMN_MISSING' })
    await until(() => isReturned)
  })

  it('answers an option of another spelling with ours', async () => {
    const loop = async () => {
      const options = { rate_limit: 5 } as never
      for await (const _ of batchProcess(await model(), ['one'], options));
    }
    await expect(loop()).rejects.toThrow(
      'rate_limit: there is no such option; did you mean rateLimit?',
    )
  })
})
