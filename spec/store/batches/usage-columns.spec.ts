import fc from 'fast-check'
import type { BatchStore, NewBatch, StoredRun } from '../../../lib/port/batch-store.js'
import type { StoredBatch } from '../../../lib/port/stored-batch.js'
import type { Answered, Failed } from '../../../lib/row/outcome.js'
import { addToTally, emptyTally, type Tally } from '../../../lib/row/tally.js'
import { openBatchArchive } from '../../../lib/store/open-batch-archive.js'
import { openBatchStore } from '../../../lib/store/open-batch-store.js'
import { answer, answered, failed, prompt, range } from '../../support/rows.js'
import { scale } from '../../support/scale.js'
import { makeWorkdir } from '../../support/workdir.js'
import { editDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { useStores } from '../use-stores.js'

const batch: NewBatch = {
  id: 'reviews',
  inputFile: '-',
  outputFile: undefined,
  model: 'm',
  config: {},
}

/** What became of a row: its index, how it ended, and what was paid for it. */
interface PaidRow {
  readonly index: number
  readonly kind: 'answered' | 'failed' | 'refused'
  readonly tokens: number
  readonly trillionths: number | undefined
}

interface RunOf {
  readonly rows: readonly PaidRow[]
  /** How many of the rows are in the database before the end; the others are in the journal. */
  readonly written: number
  readonly isPulsed: boolean
  readonly end: 'killed' | 'paused' | 'completed'
}

const rows: fc.Arbitrary<readonly PaidRow[]> = fc.uniqueArray(
  fc.record({
    index: fc.nat(6),
    kind: fc.constantFrom('answered' as const, 'failed' as const, 'refused' as const),
    tokens: fc.nat(1000),
    trillionths: fc.option(fc.integer({ min: 1, max: 10 ** 13 }), { nil: undefined }),
  }),
  { selector: ({ index }) => index },
)
const runs: fc.Arbitrary<readonly RunOf[]> = fc.array(
  fc.record({
    rows,
    written: fc.nat(6),
    isPulsed: fc.boolean(),
    end: fc.constantFrom('killed' as const, 'paused' as const, 'completed' as const),
  }),
  { minLength: 1, maxLength: 5 },
)

function outcomeOf({ index, kind, tokens, trillionths }: PaidRow): Answered | Failed {
  const costUsd = trillionths === undefined ? undefined : trillionths / 1e12
  const usage = {
    inputTokens: tokens,
    cachedInputTokens: tokens % 7,
    outputTokens: tokens % 100,
    reasoningTokens: tokens % 5,
  }
  if (kind === 'answered') return { ...answered(index), answer: answer('yes', { usage }), costUsd }
  return kind === 'refused'
    ? failed(index, 'SERVER_FAILED')
    : { ...failed(index, 'ANSWER_EMPTY'), answer: answer('', { usage }), costUsd }
}

function usageIn(sums: StoredBatch | Tally | undefined) {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = sums ?? emptyTally
  const { costUsd, unpricedAnswers } = sums ?? emptyTally
  const tokens = { inputTokens, cachedInputTokens, outputTokens, reasoningTokens }
  return { ...tokens, unpricedAnswers, costUsd: costUsd?.toFixed(11) }
}

/** Lives through runs of one batch, and gives what each next process finds. */
async function liveThrough(given: readonly RunOf[], log: boolean): Promise<void> {
  const workdir = await makeWorkdir()
  const clock = storeClock()
  const path = workdir.join('logs.db')
  const living = new Set<number>()
  const alive = (processId: number) => (living.has(processId) ? '' : undefined)
  const open = { path, clock, driver: specDriver, identifyProcess: alive }
  const stores: BatchStore[] = []
  let paid = emptyTally
  let processId = 0
  try {
    for (const run of given) await live(run)
    const held = await hold()
    expect(usageIn(held.before)).toEqual(usageIn(paid))
    await held.withdraw()
  } finally {
    for (const store of stores) await store.close()
    await workdir.remove()
  }

  async function hold() {
    processId += 1
    living.add(processId)
    const store = await openBatchStore({ ...open, log, processId })
    stores.push(store)
    return processId === 1 ? store.begin(batch) : store.resume(batch)
  }

  async function live({ rows, written, isPulsed, end }: RunOf): Promise<void> {
    const held = await hold()
    if (processId > 1) expect(usageIn(held.before)).toEqual(usageIn(paid))
    const run: StoredRun = await held.start()
    const outcomes = rows.map(outcomeOf)
    // An answer that is recalled keeps its row, and its cost is counted once.
    const recalled = await run.recall(range(7).map(index => prompt(index)))
    const isAsked = outcomes.filter(({ row }) => recalled[row.index] === undefined)
    let tally = emptyTally
    for (const group of [isAsked.slice(0, written), isAsked.slice(written)]) {
      void run.append(group)
      tally = addToTally(tally, group)
      paid = addToTally(paid, group)
      if (group.length === written) await clock.advance(600)
      if (isPulsed) await run.pulse({ totalRows: 7, tally })
    }
    if (end === 'killed') {
      living.delete(processId)
      const archive = await openBatchArchive(open)
      expect(usageIn(await archive.findBatch(batch.id))).toEqual(usageIn(paid))
      await archive.close()
      return
    }
    const pulse = { totalRows: 7, tally }
    await run.end({ status: end, pulse, isWhole: end === 'completed' })
    living.delete(processId)
  }
}

describe('the usage of a batch', () => {
  it.each([true, false])(
    'is the sum of every call that was paid, whatever became of its row, logged: %s',
    async log => {
      await fc.assert(
        fc.asyncProperty(runs, given => liveThrough(given, log)),
        { numRuns: 12 * scale },
      )
    },
    120_000,
  )
})

describe('what earlier versions recorded', () => {
  const clock = storeClock()
  const bench = useStores(() => ({ clock, log: false, driver: specDriver }))

  it('has no cost that is known, and is not taken for free', async () => {
    const run = await bench.begin(batch)
    void run.append([{ ...answered(0), costUsd: 0.5 }])
    const tally = addToTally(emptyTally, [{ ...answered(0), costUsd: 0.5 }])
    await run.end({ status: 'paused', pulse: { totalRows: 3, tally }, isWhole: false })
    await bench.closeAll()
    await editDatabase(
      bench.path,
      `DROP TRIGGER batch_rows_past_usage; DROP TABLE batch_past_usage;
      ALTER TABLE batch_rows DROP COLUMN cached_input_tokens;
      ALTER TABLE batch_rows DROP COLUMN reasoning_tokens;
      ALTER TABLE batch_runs DROP COLUMN cost_usd;
      ALTER TABLE batch_runs DROP COLUMN cached_input_tokens;
      ALTER TABLE batch_runs DROP COLUMN reasoning_tokens;
      ALTER TABLE batch_runs DROP COLUMN unpriced_prompts;
      UPDATE batch_rows SET cost_usd = NULL;
      DELETE FROM _llm_batch_migrations WHERE name = 'b003_costs'`,
    )

    const held = await (await bench.open()).resume(batch)

    expect(held.before).toMatchObject({
      inputTokens: 3,
      cachedInputTokens: 0,
      costUsd: undefined,
      unpricedAnswers: 1,
    })
  })

  it('is gone with the batch', async () => {
    const run = await bench.begin(batch)
    void run.append([{ ...failed(0), answer: answer(''), costUsd: 0.5 }])
    const pulse = { totalRows: 1, tally: emptyTally }
    await run.end({ status: 'completed', pulse, isWhole: true })
    const archive = await openBatchArchive({ path: bench.path, clock, driver: specDriver })
    await archive.removeBatches([batch.id])
    await archive.close()

    expect(await bench.query('SELECT * FROM batch_past_usage')).toEqual([])
    expect(await bench.query('SELECT * FROM batch_rows')).toEqual([])
  })
})
