import { basename } from 'node:path'
import { queryDatabase } from '../support/query-database.js'
import type { ModelRow, SeenRun } from './batch-model.js'
import { holdsAnswers, lookAt, namesIn, outputOf } from './look.js'
import { databaseOf, type TroubledEnd } from './make-trouble.js'
import { checkOutput, isWellFormed, type OutputFormat, type WrittenRows } from './output-text.js'
import type { RunStep } from './steps.js'
import type { World, WorldBatch } from './world.js'

type Calls = ReadonlyMap<string, number>

export interface RunToCheck {
  readonly step: RunStep
  readonly end: TroubledEnd
  /** Whether the batch began with it. */
  readonly isNew: boolean
  /** Those of the input when it began; one that is suspended may see them edited. */
  readonly rowsBefore: readonly ModelRow[]
  readonly outputName: string
  readonly outputBefore: string | undefined
  readonly callsBefore: Calls
  /** When the process that was suspended stood still; else as before. */
  readonly callsSuspended: Calls
  readonly callsAfter: Calls
}

/** Input tokens of each answer of the stub server, and what it costs by the list. */
const tokensOfAnswer = 11
const usdOfAnswer = (8 * 0.15 + 3 * 0.075 + 7 * 0.6) / 1e6

/** How each way to end shows outside, and what it leaves open. */
const ends = {
  finished: { exitCode: undefined, status: undefined, end: 'whole' },
  killed: { exitCode: undefined, status: undefined, end: 'cut-off' },
  interrupted: { exitCode: 130, status: 'paused', end: 'early' },
  'broken-off': { exitCode: 130, status: 'paused', end: 'cut-off' },
  cancelled: { exitCode: 3, status: 'cancelled', end: 'early' },
  'ended-at-once': { exitCode: 3, status: 'cancelled', end: 'cut-off' },
} as const

/** Holds what a run did and left against what is promised. @throws where they differ. */
export async function checkRun(world: World, run: RunToCheck): Promise<void> {
  const { bench } = world
  const { step, end, isNew, callsBefore, callsAfter } = run
  const batch = world.batch as WorldBatch
  const isSuspended = end.woken !== undefined
  const shown = isSuspended ? world.rows : world.rows.slice(0, step.limit)
  const isOfAll = shown.length === world.rows.length
  const fates = seeCalls()
  const before = batch.look
  const left = (await namesIn(bench, 'llm-user')).join()
  batch.look = await lookAt(bench, batch.id)
  if (batch.look === undefined) {
    expect('a batch that asked', total(callsBefore, callsAfter), 0)
    expect('how it ended', end.how, 'killed')
    world.batch = undefined
    return
  }
  const { look } = batch
  checkSpent()
  if (end.how === 'killed') {
    checkKilled()
    return
  }
  const { exitCode, stderr } = end.result
  if (end.how === 'finished' && (exitCode ?? 2) > 1) throw new Error(`exit ${exitCode}: ${stderr}`)
  const written = await checkWritten()
  const { failed } = written
  const status = isOfAll ? (failed > 0 ? 'failed' : 'completed') : 'paused'
  expect(`exit code (${stderr})`, exitCode, ends[end.how].exitCode ?? (failed > 0 ? 1 : 0))
  expect(`status (${stderr})`, look.status, ends[end.how].status ?? status)
  expect('process_gone', look.isProcessGone, false)
  checkSaid(stderr)
  checkCounts(written)
  await checkLeftovers()
  if (!isSuspended) await checkLog()

  /** Gives what was to become of the rows. */
  function seeCalls() {
    const { rows, isUnwell } = { rows: shown, isUnwell: step.isUnwell }
    const mayBeLost = ends[end.how].end === 'cut-off' ? step.concurrency : 0
    const seen = { rows, isUnwell, end: ends[end.how].end, mayBeLost } satisfies Partial<SeenRun>
    if (!isSuspended) {
      const fates = batch.model.fates(rows, isUnwell)
      batch.model.see({ ...seen, calls: made(callsBefore, callsAfter) })
      return fates
    }
    const { concurrency } = step
    const first = made(callsBefore, run.callsSuspended)
    const cutOff = { rows: run.rowsBefore, end: 'cut-off', mayBeLost: concurrency } as const
    batch.model.see({ ...seen, ...cutOff, calls: first })
    const fates = batch.model.fates(rows, isUnwell)
    const then = made(run.callsSuspended, callsAfter)
    batch.model.see({ ...seen, calls: then, strays: concurrency })
    return fates
  }

  /** Its status is right at once, without anybody's going on with it. */
  function checkKilled(): void {
    batch.isTorn ||= isNew
    const possible = [
      before?.status,
      isOfAll ? 'completed' : 'paused',
      isOfAll ? 'failed' : 'paused',
    ]
    if (look.isProcessGone) expect('status', look.status, 'failed')
    else if (!possible.includes(look.status)) throw new Error(`status ${look.status} after a kill`)
    checkPlaced()
  }

  /** Every paid answer is in the sums once, whatever became of its row, and at most some are lost. */
  function checkSpent(): void {
    const { least, most } = batch.model.logged()
    const answers = look.inputTokens / tokensOfAnswer
    if (answers < least || answers > most) {
      throw new Error(`${answers} answers are in the sum of tokens, and ${least} to ${most} came`)
    }
    expect('unpriced_prompts', look.unpricedAnswers, 0)
    expect('cost_usd', look.costUsd?.toFixed(9), (answers * usdOfAnswer).toFixed(9))
  }

  function checkPlaced(): void {
    const { placed, model } = batch
    const recorded = model.recorded()
    if (look.answered > recorded.most) {
      throw new Error(`${look.answered} count as answered, and ${recorded.most} were`)
    }
    if (placed === undefined) return
    if (end.how !== 'killed') {
      expect('total_prompts', look.totalRows ?? world.rows.length, world.rows.length)
    }
    const answered = total(callsBefore, callsAfter, word => !isRefused(word))
    const isCutOff = ends[end.how].end === 'cut-off'
    placed.most += answered
    placed.least += isCutOff ? Math.max(0, answered - step.concurrency) : answered
    if (look.answered < placed.least || look.answered > placed.most) {
      const bounds = `${placed.least} to ${placed.most}`
      throw new Error(`${look.answered} count as answered, and ${bounds} were`)
    }
    placed.most = Math.min(placed.most, look.answered)
    placed.least = look.answered
  }

  function isRefused(word: string): boolean {
    return word.startsWith('bad') || (word.startsWith('flaky') && step.isUnwell)
  }

  /** The output: whole, as far as it came, or as it was. */
  async function checkWritten(): Promise<WrittenRows> {
    const name = basename(look.outputPath)
    expect('the output', name, run.outputName)
    const format = name.slice(name.lastIndexOf('.') + 1) as OutputFormat
    const text = await outputOf(bench, name)
    const isFinished = end.how === 'finished'
    const expected = { format, rows: shown, fates, isOrdered: batch.isOrdered }
    if (isFinished && (isOfAll || isNew)) {
      if (text === undefined) throw new Error('No output is left')
      batch.isTorn = false
      return checkOutput(text, expected)
    }
    const said = /= ([\d,]+) answered.*? \+ ([\d,]+) failed/.exec(end.result.stderr)
    const counts = { answered: Number(said?.[1] ?? 0), failed: Number(said?.[2] ?? 0) }
    // An output that was there is left as it was, unless there is a better one.
    if (text === undefined) {
      if (run.outputBefore !== undefined && run.outputBefore !== '')
        throw new Error('The output is gone')
    } else if (text !== run.outputBefore) {
      if (batch.isTorn && isWellFormed(text, format)) return counts
      const all = isFinished ? fates : batch.model.fates(shown, step.isUnwell)
      checkOutput(text, { ...expected, fates: all, isPart: true })
    }
    return counts
  }

  function checkSaid(stderr: string): void {
    const isResumable = look.status !== 'completed'
    const command = `llm batch in.csv --resume --batch-id ${batch.id}`
    if (isResumable !== stderr.includes(command)) throw new Error(`How to go on: ${stderr}`)
    const sum = /([\d,]+) rows? read = ([\d,]+) answered.*? \+ ([\d,]+) failed \+ ([\d,]+) skipped/
    const [, read, answered, failed, skipped] = (sum.exec(stderr) ?? []).map(Number)
    expect(`rows read (${stderr})`, read, (answered ?? 0) + (failed ?? 0) + (skipped ?? 0))
  }

  function checkCounts({ answered, failed }: WrittenRows): void {
    if (end.how !== 'finished' || !isOfAll) {
      checkPlaced()
      return
    }
    expect('total_prompts', look.totalRows, world.rows.length)
    expect('completed_prompts', look.answered, answered)
    expect('failed_prompts', look.failed, failed)
    batch.placed = { least: answered, most: answered }
  }

  /** llm's log has each answer once, however often its journal was replayed. */
  async function checkLog(): Promise<void> {
    if (world.logged.size === 0) return
    const bounds = [...world.logged].map(model => model.logged())
    const least = bounds.reduce((sum, one) => sum + one.least, 0)
    const most = bounds.reduce((sum, one) => sum + one.most, 0)
    // A run that is killed before its first answer has not made llm's tables.
    const made = "SELECT 1 FROM sqlite_master WHERE name = 'turns'"
    const hasTurns = (await queryDatabase(databaseOf(bench), made)).length > 0
    const count = 'SELECT count(*) AS turns FROM turns'
    const [{ turns }] = hasTurns ? await queryDatabase(databaseOf(bench), count) : [{ turns: 0 }]
    if (turns < least || turns > most) {
      throw new Error(`${turns} answers are in the log, and ${least} to ${most} were given`)
    }
  }

  async function checkLeftovers(): Promise<void> {
    const partials = (await namesIn(bench, '.')).filter(name => name.includes('.partial'))
    expect('beside the output', partials.join(), '')
    // What a process thought dead was answered is kept for whoever comes next.
    if (!isSuspended) expect("in llm's folder", left, 'logs.db')
    const isToBeForgotten = look.status === 'completed' && world.logged.size === 0
    if (isToBeForgotten && (await holdsAnswers(bench))) throw new Error('Answers are kept')
  }
}

function expect(what: string, is: unknown, wanted: unknown): void {
  if (is !== wanted) throw new Error(`${what}: ${String(is)}, and ${String(wanted)} was promised`)
}

function made(before: Calls, after: Calls): Calls {
  return new Map(
    [...after]
      .map(([word, count]) => [word, count - (before.get(word) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )
}

function total(
  before: Calls,
  after: Calls,
  isCounted: (word: string) => boolean = () => true,
): number {
  return [...made(before, after)]
    .filter(([word]) => isCounted(word))
    .reduce((sum, [, count]) => sum + count, 0)
}
