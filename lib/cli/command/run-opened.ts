import { printableLine } from '../../host/printable.js'
import { resumeCommand } from '../../report/resume-command.js'
import type { Batch } from '../../run/plan.js'
import { type BatchSummary, expectedRows } from '../../run/progress.js'
import type { ToolWatch } from '../../tool/watch-tool-calls.js'
import type { RunScreen } from '../terminal/run-screen.js'
import { stopOnSignals } from '../terminal/stop-on-signals.js'
import { exitCodeOfRun } from '../text/exit-code.js'
import { higherCap } from '../text/higher-cap.js'
import { resumedText } from '../text/plan-text.js'
import { endText } from '../text/run/end-text.js'
import { summaryJson } from '../text/run/summary-json.js'
import { summaryText } from '../text/summary-text.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { readShowFlags } from '../words/read-show-flags.js'

/** With who hears of the calls of tools; undefined if nobody does. */
export type WatchingSurroundings = CommandSurroundings & {
  readonly toolWatch: ToolWatch | undefined
}

/** Runs a batch to its end, closes it, and says how it ended. */
export async function runOpened(
  batch: Batch,
  given: GivenCommand,
  surroundings: WatchingSurroundings,
  screen: RunScreen,
): Promise<number> {
  const { stderr, signals, environment, workingDirectory, program, asCalled } = surroundings
  const { plan } = batch
  const { isQuiet, summaryForm } = readShowFlags(given)
  const isJson = summaryForm === 'json'
  const say = (line: string) => {
    // Of both options, only the summary is left.
    if (!isQuiet || !isJson) stderr.write(`${line}\n`)
  }
  const resume = resumeCommand({
    ...plan,
    database: given.texts.database,
    workingDirectory,
    program,
  })
  const release = stopOnSignals(batch, signals, say, resume)
  let summary: BatchSummary | undefined
  let error: unknown
  try {
    if (!isQuiet) stderr.write(beforeText(batch))
    await screen.follow(batch.progress)
    summary = await batch.run()
  } catch (caught) {
    error = caught
  }
  screen.close()
  await batch.close().catch(caught => {
    error ??= caught
  })
  release()
  const rowsTotal = expectedRows(batch.progress())
  const maxCostUsd = summary && higherCap(summary, batch.before, rowsTotal)
  const recorded = { ...plan, database: given.texts.database, maxCostUsd }
  const command = resumeCommand({ ...recorded, workingDirectory, program })
  const reason = error ?? summary?.stopReason
  const end = { reason, command, asCalled }
  const exitCode = exitCodeOfRun(summary, error)
  if (isJson && summary !== undefined) {
    const { modelId, warnings } = plan
    stderr.write(summaryJson({ ...end, summary, modelId, warnings, exitCode }))
    return exitCode
  }
  if (!isQuiet && summary !== undefined) stderr.write(summaryText(summary, asCalled))
  stderr.write(endText({ ...end, summary, environment, isQuiet }))
  return exitCode
}

/** What a resumed batch has so far, and the warnings of the plan. */
export function beforeText({ plan, before }: Pick<Batch, 'plan' | 'before'>): string {
  const warnings = plan.warnings.map(warning => `Warning: ${printableLine(warning)}\n`)
  return resumedText(before) + warnings.join('')
}
