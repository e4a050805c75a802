import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type Duplex, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { BatchError } from '../../lib/error/batch-error.js'
import type { RowForm } from '../../lib/port/row-sink.js'
import type { Failed, Outcome } from '../../lib/row/outcome.js'
import type { RenderedRow } from '../../lib/sink/document/write-document.js'
import { restoreOrder } from '../../lib/stage/restore-order.js'
import { createSpillFile, type SpillFile } from '../../lib/stage/spill/spill-file.js'
import { collect, collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { answer, answered, failed, prompt, range } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

const spill = () => createSpillFile(workdir.path, 512, 4096)
const inOrder = (indices: readonly number[], windowRows: number) =>
  collect<Outcome>(
    indices.map(index => answered(index)),
    restoreOrder(undefined, { spill, windowRows }),
  )
/** Rendered rows: they are their text. */
const asText: RowForm<RenderedRow> = {
  make: ({ row }) => ({ index: row.index, text: '' }),
  indexOf: ({ index }) => index,
  lengthOf: ({ text }) => text.length,
  toText: ({ text }) => text,
  fromText: (index, text) => ({ index, text }),
}
const short = (index: number): RenderedRow => ({ index, text: `${index}` })
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
    const missing = () => createSpillFile(workdir.join('missing'), 1)
    const outcomes = range(100).map(index => answered(99 - index))

    await expect(
      collect(outcomes, restoreOrder(undefined, { spill: missing, windowRows: 4 })),
    ).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      reach: 'run',
      message: expect.stringContaining(workdir.join('missing')),
      remedy: expect.stringContaining('--unordered'),
    })
  })

  it('stops the run in order when the disk fails, so that calls in flight are still recorded', async () => {
    const stop = createStopSwitch()
    const missing = () => createSpillFile(workdir.join('missing'), 1)
    const outcomes = range(100).map(index => answered(99 - index))
    const stage = restoreOrder(undefined, { spill: missing, windowRows: 4, stop })

    await collect(outcomes, stage)

    expect(stop.reason()).toMatchObject({ code: 'OUTPUT_UNWRITABLE' })
  })

  it('gives no group for an empty input', async () => {
    expect(await inOrder([], 4)).toEqual([])
  })

  it('gives the outcomes in input order, in whatever order they end', async () => {
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
    const stage = restoreOrder(undefined, {
      spill: () => createSpillFile(workdir.path),
    })
    const out = collect<Outcome>(source(), stage)

    await late.reached
    expect(stage.readableLength).toBe(0)
    late.open()

    expect(indicesOf(await out)).toEqual(range(count))
  })

  it('gives each group at once when the source is slow', async () => {
    const stage = restoreOrder(undefined, { spill, windowRows: 4 })
    const out: number[][] = []
    stage.on('data', (group: readonly Outcome[]) => out.push(indicesOf(group)))

    stage.write([answered(1)])
    await settle()
    expect(out).toEqual([])
    stage.write([answered(3), answered(0)])
    await settle()
    expect(out).toEqual([[0, 1]])
    stage.write([answered(2), answered(4)])
    await settle()
    expect(out).toEqual([
      [0, 1],
      [2, 3, 4],
    ])
    await closed(stage)
  })

  it('gives groups of at most a window of rows and a megabyte of text', async () => {
    const many = [range(20).map(index => answered(index))]
    const large = [range(5).map(index => answered(index, 'x'.repeat(600_000)))]

    const outOfMany = await collectGroups<Outcome>(many, restoreOrder(undefined, { windowRows: 8 }))
    const outOfLarge = await collectGroups<Outcome>(large, restoreOrder())

    expect(outOfMany.map(group => group.length)).toEqual([8, 8, 4])
    expect(outOfLarge.map(group => group.length)).toEqual([2, 2, 1])
  })

  it.each([
    ['in order', (index: number) => index],
    ['in pairs turned round', (index: number) => index ^ 1],
    ['in hundreds turned round', (index: number) => index - (index % 100) + 99 - (index % 100)],
  ])('stops accepting when nobody reads rows that come %s', async (_how, place) => {
    const stage = restoreOrder(undefined, { spill, windowRows: 8 })
    let accepted = 0
    const source = Readable.from(
      (function* () {
        for (;;) yield [answered(place(accepted++))]
      })(),
    )

    source.pipe(stage)
    for (let turn = 0; turn < 200; turn += 1) await settle()

    expect(accepted).toBeLessThan(400)
    source.destroy()
    await closed(stage)
  })

  it('accepts no group while it reads the disk for a reader that still has a group', async () => {
    const file = createSpillFile(workdir.path)
    const stage = restoreOrder(undefined, { spill: () => file, windowRows: 16 })
    let accepted = 0
    const source = Readable.from(
      (function* () {
        // The first 16 rows fill the reader; the next are on disk, and then it could go on for
        // ever.
        for (;;) yield [answered(accepted < 32 ? 31 - accepted++ : accepted++)]
      })(),
    )

    stage.read(0) // fills what a reader takes at once, and takes nothing out
    source.pipe(stage)
    while (stage.readableLength === 0 && !stage.destroyed) await settle()
    await file.take({ from: 1_000_000, count: 1 }) // comes after the look

    expect(accepted).toBeLessThan(32 + 3 * 16 + 2)
    source.destroy()
    await closed(stage)
  })

  it('gives everything to a reader that comes late', async () => {
    const stage = restoreOrder(undefined, { spill, windowRows: 100 })
    for (const index of range(60).reverse()) stage.write([answered(index)])
    stage.end()
    await settle()

    const out = (await stage.toArray()) as Outcome[][]

    expect(indicesOf(out.flat())).toEqual(range(60))
  })

  it('gives everything in order to a slow reader', async () => {
    const indices = range(3000).map(index => index - (index % 100) + 99 - (index % 100))
    const out: number[] = []
    const reader = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(group: readonly Outcome[], _encoding, done) {
        out.push(...indicesOf(group))
        setImmediate(done)
      },
    })

    const groups = indices.map(index => [answered(index)])
    await pipeline(Readable.from(groups), restoreOrder(undefined, { spill, windowRows: 8 }), reader)

    expect(out).toEqual(range(3000))
  })

  it('keeps long rows on disk until it is their turn, however many wait', async () => {
    const file = spill()
    const stage = restoreOrder(asText, { spill: () => file, windowRows: 8, windowBytes: 160 })
    const long = (index: number) => ({ index, text: `${index} is a long one` })
    const out: RenderedRow[] = []
    stage.on('data', (group: readonly RenderedRow[]) => out.push(...group))

    stage.write(range(6).map(index => long(index + 1)))
    stage.write(range(20).map(index => (index % 2 === 0 ? long : short)(index + 7)))
    await file.take({ from: 1_000, count: 1 }) // comes after all that was put
    const rowsOnDisk = file.rows()
    stage.end([short(0)])
    await once(stage, 'end')

    expect(rowsOnDisk).toBe(6 + 20)
    expect(out).toEqual([
      short(0),
      ...range(6).map(index => long(index + 1)),
      ...range(20).map(index => (index % 2 === 0 ? long : short)(index + 7)),
    ])
  })

  it('accepts no more rows while any of its writes waits for the disk', async () => {
    const file = spill()
    const gates = [new Gate(), new Gate()]
    let puts = 0
    const gated: SpillFile = {
      ...file,
      put(index, text) {
        void file.put(index, text)
        puts += 1
        return gates[puts - 1]?.opened
      },
    }
    const stage = restoreOrder(asText, { spill: () => gated, windowRows: 1 })

    stage.write([short(5), short(6)])
    stage.write([short(7)])
    gates[0]?.open()
    await settle()
    expect(puts).toBe(2)
    gates[1]?.open()
    await settle()

    expect(puts).toBe(3)
    await closed(stage)
  })

  it('gives rows of every length in order, in whatever groups and order they come', async () => {
    const groups = fc
      .array(fc.tuple(fc.nat(1_000_000), fc.nat(20), fc.nat(9)), { minLength: 1, maxLength: 150 })
      .map(given => {
        const rows = given.map(([place, length, group], index) => ({
          ...{ place, group, record: { index, text: 'x'.repeat(length) } },
        }))
        rows.sort((one, other) => one.place - other.place)
        const made: RenderedRow[][] = [[]]
        for (const { group, record } of rows) {
          if (group < 3) made.push([])
          made.at(-1)?.push(record)
        }
        return made
      })
    await fc.assert(
      fc.asyncProperty(groups, fc.integer({ min: 1, max: 20 }), async (given, windowRows) => {
        const options = { spill, windowRows, windowBytes: windowRows * 20 }

        const out = await collectGroups<RenderedRow>(given, restoreOrder(asText, options))

        const expected = given.flat().sort((one, other) => one.index - other.index)
        expect(out.flat()).toEqual(expected)
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000 },
    )
  })

  it('leaves no file behind, neither while rows wait nor after an abort', async () => {
    const aborter = new AbortController()
    const file = spill()
    const stage = restoreOrder(undefined, { spill: () => file, windowRows: 4 })
    const allIn = new Gate()
    async function* source() {
      for (let index = 1; index < 500; index += 1) yield [answered(index)]
      allIn.reach()
      await new Promise(() => {})
    }
    const run = pipeline(Readable.from(source()), stage, new Writable({ objectMode: true }), {
      signal: aborter.signal,
    })
    const end = new Promise(resolve => stage.once('close', resolve))
    await allIn.reached
    await file.take({ from: 1_000, count: 1 }) // comes after all that was put

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

    await collect(outcomes, restoreOrder(undefined, { spill: counted, windowRows: 4 }))

    expect(made).toBe(0)
  })

  it('keeps what sinks and tallies need of a row that waited on disk', async () => {
    const columns = { name: 'Grüße 😀\n"{', id: 12345678901234567890n, list: [1, { a: null }] }
    const row = { kind: 'row' as const, index: 9, columns, line: 11 }
    const whole = {
      ...answered(9),
      row,
      prompt: { ...prompt(9), row, system: 'Be kind', options: { temperature: 1 } },
      answer: answer('yes', { reply: { big: 1 }, rateLimits: [], reasoning: 'because' }),
      attempts: 3,
    }

    const kept = (await through(whole))[9]

    expect(kept).toEqual({
      ...whole,
      prompt: { ...prompt(9), row },
      answer: answer('yes', { reasoning: 'because' }),
    })
  })

  it('gives a row that waited in memory and a row that waited on disk alike', async () => {
    const whole = { ...answered(9), answer: answer('yes', { reply: { big: 1 } }) }

    const onDisk = (await through(whole, 4))[9]
    const inMemory = (await through(whole, 40))[9]

    expect(inMemory).toEqual(onDisk)
  })

  it('keeps a failed row with its error, and a row that was never asked', async () => {
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
  return collect<Outcome>([last, ...others], restoreOrder(undefined, { spill, windowRows }))
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
