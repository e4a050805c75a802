import type { BatchOptions } from '../../config/batch-options.js'
import { layerOptions } from '../../config/layer-options.js'
import { BatchError } from '../../error/batch-error.js'
import { readBatchConfig } from '../../home/read-batch-config.js'
import { printableLine } from '../../host/printable.js'
import { resumeCommand } from '../../report/resume-command.js'
import type { Batch } from '../../run/plan.js'
import { type BatchSummary, expectedRows } from '../../run/progress.js'
import type { ToolWatch } from '../../tool/watch-tool-calls.js'
import { canShowLine } from '../terminal/show-line.js'
import { showProgress } from '../terminal/show-progress.js'
import { stopOnSignals, unlessInterrupted } from '../terminal/stop-on-signals.js'
import { watchTools } from '../terminal/watch-tools.js'
import { pluralText } from '../text/amount-text.js'
import { errorText } from '../text/error-text.js'
import { exitCodeOfRun, exitCodes, isClosedPipe, isInterruption } from '../text/exit-code.js'
import { higherCap, isCapReached } from '../text/higher-cap.js'
import { planText, resumedText } from '../text/plan-text.js'
import { summaryText } from '../text/summary-text.js'
import { checkEstimateFlags } from '../words/check-estimate-flags.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../words/command.js'
import { readBatchFlags } from '../words/read-batch-flags.js'

const previewedRows = 3

type WatchingSurroundings = CommandSurroundings & { readonly toolWatch: ToolWatch | undefined }

/** `llm batch INPUT`: one prompt per row of a file. */
export const runBatchCommand: RunCommand = async (given, surroundings) => {
  const { environment, home } = surroundings
  const flags = readBatchFlags(given)
  const config = await readBatchConfig(home)
  const options = layerOptions({ flags, environment, config })
  checkEstimateFlags(given)
  if (given.switches.dryRun) return showDryRun(options, surroundings)
  const tools = watchTools(given.switches, options.input, surroundings)
  const watching = { ...surroundings, toolWatch: tools.watch }
  try {
    if (given.switches.estimateCost) return await runEstimated(options, given, watching)
    const { openBatch } = await import('../../plan/open-batch.js')
    const opening = openBatch(options, surroundings, { toolWatch: tools.watch })
    const batch = await unlessInterrupted(opening, surroundings.signals, opened => opened.close())
    return await runOpened(batch, given, watching)
  } finally {
    tools.close()
  }
}

async function showDryRun(
  options: BatchOptions,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { stdout, stderr } = surroundings
  const { rehearseBatch } = await import('../../plan/rehearse-batch.js')
  const rehearsal = await rehearseBatch(options, surroundings)
  try {
    const prompts = await rehearsal.preview(previewedRows)
    stderr.write(beforeText(rehearsal))
    stdout.write(planText(rehearsal.plan, prompts))
    return exitCodes.allAnswered
  } finally {
    await rehearsal.close()
  }
}

/** Estimates a batch, and runs it if the user wants that. */
async function runEstimated(
  options: BatchOptions,
  given: GivenCommand,
  surroundings: WatchingSurroundings,
): Promise<number> {
  const { stderr, environment, workingDirectory } = surroundings
  const { showEstimate } = await import('./batch-estimate.js')
  const { estimation, isWanted } = await showEstimate(options, given, surroundings)
  const { sampled, plan, before, estimate } = estimation
  try {
    if (isWanted) return await runOpened(await estimation.open(), given, surroundings)
    if (sampled === undefined) return exitCodes.allAnswered
    const { database } = given.texts
    const { batchId, stopReason } = sampled
    const rowsTotal = estimate.rows + estimate.failingRows + estimate.recordedRows
    const maxCostUsd = higherCap(sampled, before, rowsTotal)
    const command = resumeCommand({ ...plan, batchId, database, maxCostUsd, workingDirectory })
    const isStopped = stopReason !== undefined
    stderr.write(
      isStopped
        ? endText(stopReason, sampled, command, environment)
        : `The answers of the sample are recorded. Run the batch with: ${command}\n`,
    )
    return isStopped ? exitCodeOfRun(sampled) : exitCodes.allAnswered
  } finally {
    await estimation.close()
  }
}

/** Runs a batch to its end, closes it, and says how it ended. */
async function runOpened(
  batch: Batch,
  { texts, switches }: GivenCommand,
  surroundings: WatchingSurroundings,
): Promise<number> {
  const { stderr, signals, environment, workingDirectory } = surroundings
  const { plan } = batch
  const isQuiet = switches.quiet === true
  const release = stopOnSignals(batch, signals, line => stderr.write(`${line}\n`))
  let hideProgress = () => {}
  let summary: BatchSummary | undefined
  let error: unknown
  try {
    if (!isQuiet) stderr.write(beforeText(batch))
    // A line that moves would run into the calls of tools.
    const isLineFree = surroundings.toolWatch === undefined
    const isShown = !isQuiet && switches.progress !== false && isLineFree
    if (isShown && canShowLine(surroundings, plan.outputPath !== undefined)) {
      hideProgress = await showProgress(stderr, batch.progress)
    }
    summary = await batch.run()
  } catch (caught) {
    error = caught
  }
  hideProgress()
  await batch.close().catch(caught => {
    error ??= caught
  })
  release()
  if (!isQuiet && summary !== undefined) stderr.write(summaryText(summary))
  const rowsTotal = expectedRows(batch.progress())
  const maxCostUsd = summary && higherCap(summary, batch.before, rowsTotal)
  const recorded = { ...plan, database: texts.database, maxCostUsd }
  const command = resumeCommand({ ...recorded, workingDirectory })
  stderr.write(endText(error ?? summary?.stopReason, summary, command, environment))
  return exitCodeOfRun(summary, error)
}

/** Why the run stopped, and how to resume. Empty for a completed batch and for a closed pipe. */
function endText(
  reason: unknown,
  summary: BatchSummary | undefined,
  command: string,
  environment: CommandSurroundings['environment'],
): string {
  if (isClosedPipe(reason)) return ''
  const resume = `Resume with: ${command}\n`
  if (reason !== undefined) {
    const isRefused = summary === undefined && BatchError.isInstance(reason)
    const said = isInterruption(reason)
      ? `Interrupted. ${leftText(summary)}\n`
      : isCapReached(reason)
        ? `Paused. ${reason.message}.\n${leftText(summary)}\n${reason.remedy}\n`
        : errorText(reason, environment)
    // A refused batch is not recorded, so there is nothing to resume.
    return isRefused ? said : said + resume
  }
  switch (summary?.status) {
    case 'completed':
      return ''
    case 'failed':
      return `${failedText(summary)} ${command}\n`
    case 'paused':
      return `Paused: this run took the rows of --limit. ${leftText(summary)}\n${resume}`
    default:
      return resume
  }
}

function failedText({ batchId, tally }: BatchSummary): string {
  const rows = pluralText(tally.failed, 'row')
  return `Batch ${batchId}: ${rows} failed. Ask ${tally.failed === 1 ? 'it' : 'them'} again with:`
}

/** Only a file is called valid: a stream cannot be read again. */
function leftText(summary: BatchSummary | undefined): string {
  switch (summary?.output) {
    case 'all':
      return summary.outputPath === undefined
        ? 'The output has all answers so far.'
        : 'The output is valid and has all answers so far.'
    case 'part':
      return 'All answers are recorded; the output has a part of them.'
    case 'as-before':
      return 'All answers are recorded; the output is as before.'
    default:
      return 'All answers are recorded; there is no output.'
  }
}

/** What a resumed batch has so far, and the warnings of the plan. */
function beforeText({ plan, before }: Pick<Batch, 'plan' | 'before'>): string {
  const warnings = plan.warnings.map(warning => `Warning: ${printableLine(warning)}\n`)
  return resumedText(before) + warnings.join('')
}
