import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type Duplex, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { BatchError } from '../../lib/error/batch-error.js'
import type { Failed, Outcome } from '../../lib/row/outcome.js'
import { restoreOrder } from '../../lib/stage/restore-order.js'
import { createSpillFile, type SpillFile } from '../../lib/stage/spill-file.js'
import { createStopSwitch } from '../../lib/stage/stop-switch.js'
import { collect } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { answer, answered, failed, prompt, range } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

const spill = () => createSpillFile({ folder: workdir.path, batchBytes: 512, segmentBytes: 4096 })
const inOrder = (indices: readonly number[], windowRows: number) =>
  collect<Outcome>(
    indices.map(index => answered(index)),
    restoreOrder({ spill, windowRows }),
  )
const indicesOf = (outcomes: readonly Outcome[]) => outcomes.map(outcome => outcome.row.index)

describe('restoreOrder', () => {
  it.each([
    ['still waits in memory', [1, 1, 0]],
    ['has gone out', [0, 1, 0]],
    ['waits on disk', [9, 9, ...range(9)]],
    ['waits on disk in another write', [...range(60).map(index => index + 9), 9, ...range(9)]],
  ])('refuses a row that comes twice when the first %s', async (_where, indices) => {
    await expect(inOrder(indices, 4)).rejects.toMatchObject({
      code: 'ROWS_NOT_CONSERVED',
      reach: 'run',
      message: expect.stringContaining('has two outcomes'),
    })
  })

  it.each([
    ['the first', [1, 2], 'Row 0 '],
    ['one in the middle', [0, 2], 'Row 1 '],
    ['one whose followers wait on disk', [0, 1, 2, ...range(50).map(index => index + 8)], 'Row 3 '],
  ])('refuses to end when a row never came: %s', async (_which, indices, named) => {
    await expect(inOrder(indices, 4)).rejects.toMatchObject({
      code: 'ROWS_NOT_CONSERVED',
      message: expect.stringContaining(named),
    })
  })

  it('says what to do when the disk cannot be written', async () => {
    const missing = () => createSpillFile({ folder: workdir.join('missing'), batchBytes: 1 })
    const outcomes = range(100).map(index => answered(99 - index))

    await expect(
      collect(outcomes, restoreOrder({ spill: missing, windowRows: 4 })),
    ).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      reach: 'run',
      message: expect.stringContaining(workdir.join('missing')),
      remedy: expect.stringContaining('--unordered'),
    })
  })

  it('stops the run in order when the disk fails, so that calls in flight are still recorded', async () => {
    const stop = createStopSwitch()
    const missing = () => createSpillFile({ folder: workdir.join('missing'), batchBytes: 1 })
    const outcomes = range(100).map(index => answered(99 - index))
    const stage = restoreOrder({ spill: missing, windowRows: 4, stop })

    await collect(outcomes, stage)

    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })

  it('gives nothing for nothing', async () => {
    expect(await inOrder([], 4)).toEqual([])
  })

  it('gives the outcomes in input order, whatever the order in which they end', async () => {
    const shuffled = fc
      .integer({ min: 1, max: 150 })
      .chain(count => fc.shuffledSubarray(range(count), { minLength: count }))
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 20 }), async (indices, windowRows) => {
        const out = await inOrder(indices, windowRows)

        expect(indicesOf(out)).toEqual(range(indices.length))
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    )
  })

  it('accepts every other row while the first is missing, and gives all once it comes', async () => {
    const count = 20_000
    const late = new Gate()
    async function* source() {
      for (let index = 1; index < count; index += 1) yield answered(index)
      late.reach()
      await late.opened
      yield answered(0)
    }
    const stage = restoreOrder({ spill: () => createSpillFile({ folder: workdir.path }) })
    const out = collect<Outcome>(source(), stage)

    await late.reached
    expect(stage.readableLength).toBe(0)
    late.open()

    expect(indicesOf(await out)).toEqual(range(count))
  })

  it('gives each row at once when the source is slow', async () => {
    const stage = restoreOrder({ spill, windowRows: 4 })
    const out: number[] = []
    stage.on('data', (outcome: Outcome) => out.push(outcome.row.index))

    stage.write(answered(1))
    await settle()
    expect(out).toEqual([])
    stage.write(answered(0))
    await settle()
    expect(out).toEqual([0, 1])
    stage.write(answered(2))
    await settle()
    expect(out).toEqual([0, 1, 2])
    await closed(stage)
  })

  it.each([
    ['in order', (index: number) => index],
    ['in pairs turned round', (index: number) => index ^ 1],
    ['in hundreds turned round', (index: number) => index - (index % 100) + 99 - (index % 100)],
  ])('stops accepting when nobody reads rows that come %s', async (_how, place) => {
    const stage = restoreOrder({ spill, windowRows: 8 })
    let accepted = 0
    const source = Readable.from(
      (function* () {
        for (;;) yield answered(place(accepted++))
      })(),
    )

    source.pipe(stage)
    for (let turn = 0; turn < 200; turn += 1) await settle()

    expect(accepted).toBeLessThan(400)
    source.destroy()
    await closed(stage)
  })

  it('stops accepting while it looks on disk for a reader that has enough', async () => {
    const file = createSpillFile({ folder: workdir.path })
    const stage = restoreOrder({ spill: () => file, windowRows: 16 })
    let accepted = 0
    const source = Readable.from(
      (function* () {
        // The first 16 rows fill the reader; the next are on disk, and then it could go on for ever.
        for (;;) yield answered(accepted < 32 ? 31 - accepted++ : accepted++)
      })(),
    )

    stage.read(0) // fills what a reader takes at once, and takes nothing out
    source.pipe(stage)
    while (stage.readableLength < 16 && !stage.destroyed) await settle()
    await file.take(1_000_000, 1) // comes after the look

    expect(accepted).toBeLessThan(32 + 3 * 16 + 2)
    source.destroy()
    await closed(stage)
  })

  it('gives all to a reader that comes when more is there than it takes at once', async () => {
    const stage = restoreOrder({ spill, windowRows: 100 })
    for (const index of range(60).reverse()) stage.write(answered(index))
    stage.end()
    await settle()

    const out = indicesOf((await stage.toArray()) as Outcome[])

    expect(out).toEqual(range(60))
  })

  it('gives everything in order to a slow reader', async () => {
    const indices = range(3000).map(index => index - (index % 100) + 99 - (index % 100))
    const out: number[] = []
    const reader = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(outcome: Outcome, _encoding, done) {
        out.push(outcome.row.index)
        setImmediate(done)
      },
    })

    const outcomes = indices.map(index => answered(index))
    await pipeline(Readable.from(outcomes), restoreOrder({ spill, windowRows: 8 }), reader)

    expect(out).toEqual(range(3000))
  })

  it('leaves nothing behind, neither while rows wait nor after an abort', async () => {
    const aborter = new AbortController()
    const file = spill()
    const stage = restoreOrder({ spill: () => file, windowRows: 4 })
    const allIn = new Gate()
    async function* source() {
      for (let index = 1; index < 500; index += 1) yield answered(index)
      allIn.reach()
      await new Promise(() => {})
    }
    const run = pipeline(Readable.from(source()), stage, new Writable({ objectMode: true }), {
      signal: aborter.signal,
    })
    const end = new Promise(resolve => stage.once('close', resolve))
    await allIn.reached
    await file.take(1_000, 1) // comes after all that was put

    expect(file.rows()).toBeGreaterThan(400)
    expect(await readdir(workdir.path)).toEqual([])
    aborter.abort()
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    await end
    expect(await readdir(workdir.path)).toEqual([])
  })

  it('makes no file as long as memory is enough', async () => {
    let made = 0
    const counted = (): SpillFile => {
      made += 1
      return spill()
    }
    const outcomes = [3, 2, 1, 0, 7, 6, 5, 4].map(index => answered(index))

    await collect(outcomes, restoreOrder({ spill: counted, windowRows: 4 }))

    expect(made).toBe(0)
  })

  it('keeps what sinks and tallies need of a row that waited on disk', async () => {
    const columns = { name: 'Grüße 😀\n"{', id: 12345678901234567890n, list: [1, { a: null }] }
    const row = { kind: 'row' as const, index: 9, columns, line: 11 }
    const whole = {
      ...answered(9),
      row,
      prompt: { ...prompt(9), row, system: 'Be kind', options: { temperature: 1 } },
      answer: answer('yes', { reply: { big: 1 }, rateLimits: {}, reasoning: 'because' }),
      attempts: 3,
    }

    const kept = (await through(whole))[9]

    expect(kept).toEqual({
      ...whole,
      prompt: { ...prompt(9), row },
      answer: answer('yes', { reasoning: 'because' }),
    })
  })

  it('gives the same for a row that waited in memory as for one that waited on disk', async () => {
    const whole = { ...answered(9), answer: answer('yes', { reply: { big: 1 } }) }

    const onDisk = (await through(whole, 4))[9]
    const inMemory = (await through(whole, 40))[9]

    expect(inMemory).toEqual(onDisk)
  })

  it('keeps a failed row with its error, and one that was never asked', async () => {
    const error = new BatchError('cut', {
      code: 'ANSWER_TRUNCATED',
      reach: 'row',
      remedy: 'Raise max_tokens.',
      retryAfterMs: 5,
      cause: new Error('hidden'),
    })
    const cut = { ...failed(9), error, answer: answer('par') }
    const { prompt: _unasked, ...unread } = { ...failed(9, 'RECORD_INVALID'), attempts: 0 }
    const skipped = { kind: 'skipped' as const, row: answered(9).row }

    const keptCut = (await through(cut))[9] as Failed
    expect(BatchError.isInstance(keptCut.error)).toBe(true)
    expect({ ...keptCut.error, message: keptCut.error.message }).toEqual({
      ...error,
      message: 'cut',
    })
    expect({ ...keptCut, error: 0 }).toEqual({ ...cut, error: 0 })
    expect((await through(unread))[9]).toEqual(unread)
    expect((await through(skipped))[9]).toEqual(skipped)
  })
})

/** Ends a stage, and waits until it has let go of its files. */
async function closed(stage: Duplex): Promise<void> {
  stage.destroy()
  await once(stage, 'close')
}

/** Rows 0 to 8 answered, and this one as row 9, which comes first. */
function through(last: Outcome, windowRows = 4): Promise<Outcome[]> {
  const others = range(9).map(index => answered(index))
  return collect<Outcome>([last, ...others], restoreOrder({ spill, windowRows }))
}

class Gate {
  reach!: () => void
  open!: () => void
  readonly reached = new Promise<void>(resolve => {
    this.reach = resolve
  })
  readonly opened = new Promise<void>(resolve => {
    this.open = resolve
  })
}
