import type { BatchOptions } from '../../config/batch-options.js'
import { layerOptions } from '../../config/layer-options.js'
import { BatchError } from '../../error/batch-error.js'
import { readBatchConfig } from '../../home/read-batch-config.js'
import { identifyProcess } from '../../host/identify-process.js'
import { printableLine } from '../../host/printable.js'
import type { Surroundings } from '../../host/surroundings.js'
import { resumeCommand } from '../../report/resume-command.js'
import type { Batch } from '../../run/plan.js'
import type { BatchSummary } from '../../run/progress.js'
import { canShowProgress, showProgress } from '../terminal/show-progress.js'
import { stopOnSignals } from '../terminal/stop-on-signals.js'
import { unlessInterrupted } from '../terminal/unless-interrupted.js'
import { pluralText } from '../text/amount-text.js'
import { errorText } from '../text/error-text.js'
import { exitCodeOfRun, exitCodes, isClosedPipe, isInterruption } from '../text/exit-code.js'
import { planText, resumedText } from '../text/plan-text.js'
import { summaryText } from '../text/summary-text.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { readBatchFlags } from '../words/read-batch-flags.js'
import { commandMeantByInput } from './command-meant-by-input.js'

const previewedRows = 3

/** `llm batch INPUT`: one prompt per row of a file. */
export async function runBatchCommand(
  given: GivenCommand,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { environment, home } = surroundings
  const flags = readBatchFlags(given)
  const config = await readBatchConfig(home)
  const options = layerOptions({ flags, environment, config })
  if (given.switches.dryRun) return showPlan(options, surroundings)
  const { openBatch } = await import('../../plan/open-batch.js')
  const opening = openBatch(options, surroundingsOf(surroundings)).catch(error => {
    throw commandMeantByInput(error, options.input)
  })
  const { signals } = surroundings
  const batch = await unlessInterrupted(opening, { signals, close: opened => opened.close() })
  return runOpened(batch, { given, surroundings })
}

async function showPlan(options: BatchOptions, surroundings: CommandSurroundings): Promise<number> {
  const { rehearseBatch } = await import('../../plan/rehearse-batch.js')
  const rehearsal = await rehearseBatch(options, surroundingsOf(surroundings))
  try {
    const prompts = await rehearsal.preview(previewedRows)
    sayBefore(rehearsal, surroundings)
    surroundings.stdout.write(planText(rehearsal.plan, prompts))
    return exitCodes.allAnswered
  } finally {
    await rehearsal.close()
  }
}

function surroundingsOf(surroundings: CommandSurroundings): Surroundings {
  const { environment, platform, homeDirectory, stdin, stdout, clock, processId } = surroundings
  const isTerminalOutput = stdout.isTTY === true
  const seen = { environment, platform, homeDirectory, stdin, stdout, clock, processId }
  return { ...seen, isTerminalOutput, identifyProcess }
}

interface RunOpenedOptions {
  readonly given: GivenCommand
  readonly surroundings: CommandSurroundings
}

/** Runs a batch to its end, closes it, and says how it ended. */
async function runOpened(batch: Batch, { given, surroundings }: RunOpenedOptions): Promise<number> {
  const { stderr, signals } = surroundings
  const isQuiet = given.switches.quiet === true
  const say = (line: string) => stderr.write(`${line}\n`)
  const release = stopOnSignals({ batch, signals, say })
  let hideProgress = () => {}
  let summary: BatchSummary | undefined
  let error: unknown
  try {
    if (!isQuiet) sayBefore(batch, surroundings)
    hideProgress = await startProgress(batch, { given, surroundings })
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
  sayHowToGoOn(error ?? summary?.stopReason, { batch, summary, given, surroundings })
  return exitCodeOfRun({ summary, error })
}

async function startProgress(
  batch: Batch,
  { given, surroundings }: RunOpenedOptions,
): Promise<() => void> {
  const { quiet, progress } = given.switches
  const isWanted = quiet !== true && progress !== false
  const hasOutputFile = batch.plan.outputPath !== undefined
  if (!canShowProgress({ ...surroundings, isWanted, hasOutputFile })) return () => {}
  return showProgress({ stderr: surroundings.stderr, progress: batch.progress })
}

interface StoppedOptions extends RunOpenedOptions {
  readonly batch: Batch
  readonly summary: BatchSummary | undefined
}

/** Says why the run stopped and how to resume. A closed pipe needs no message. */
function sayHowToGoOn(
  reason: unknown,
  { batch, summary, given, surroundings }: StoppedOptions,
): void {
  if (isClosedPipe(reason)) return
  if (reason === undefined && summary?.status === 'completed') return
  const { stderr, environment, workingDirectory } = surroundings
  if (isInterruption(reason)) stderr.write(`Interrupted. ${leftText(summary)}\n`)
  else if (reason !== undefined)
    stderr.write(errorText(reason, { withStack: Boolean(environment.LLM_RAISE_ERRORS) }))
  else if (summary?.status === 'paused')
    stderr.write(`Paused: --limit kept this run from further rows. ${leftText(summary)}\n`)
  // A refused batch is not recorded, so there is nothing to resume.
  if (summary === undefined && BatchError.isInstance(reason)) return
  const { database } = given.texts
  const command = resumeCommand({ ...batch.plan, database, workingDirectory })
  const isFailed = reason === undefined && summary?.status === 'failed'
  stderr.write(`${isFailed ? failedText(summary) : 'Resume with:'} ${command}\n`)
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

function sayBefore(
  { plan, before }: Pick<Batch, 'plan' | 'before'>,
  { stderr }: CommandSurroundings,
): void {
  stderr.write(resumedText(before))
  for (const warning of plan.warnings) stderr.write(`Warning: ${printableLine(warning)}\n`)
}
