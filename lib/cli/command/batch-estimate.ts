import { EventEmitter } from 'node:events'
import type { BatchOptions } from '../../config/batch-options.js'
import { inputList } from '../../config/input-name.js'
import { parseWholeNumber } from '../../config/parse-number.js'
import { runError } from '../../error/batch-error.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import {
  type EstimateBatchOptions,
  type Estimation,
  estimateBatch,
} from '../../plan/estimate-batch.js'
import { resumeCommand } from '../../report/resume-command.js'
import { askToProceed } from '../terminal/ask-user.js'
import { onStopSignal, stopOnSignals, unlessInterrupted } from '../terminal/stop-on-signals.js'
import { pluralText } from '../text/amount-text.js'
import { estimateJson } from '../text/estimate-json.js'
import { estimateText, proceedQuestion } from '../text/estimate-text.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'

/** An estimate that was shown. */
export interface ShownEstimate {
  /** To be closed. */
  readonly estimation: Estimation
  /** Whether the user wants the batch to run. */
  readonly isWanted: boolean
}

/** Estimates a batch, shows the estimate, and asks whether to run the batch. */
export async function showEstimate(
  options: BatchOptions,
  given: GivenCommand,
  surroundings: CommandSurroundings & Pick<EstimateBatchOptions, 'toolWatch'>,
): Promise<ShownEstimate> {
  const { switches } = given
  const isAsked = switches.yes !== true && switches.json !== true
  const isTerminal = surroundings.stdout.isTTY === true
  const mayRun = switches.yes === true || (isAsked && isTerminal)
  const estimation = await estimate(options, given, { ...surroundings, mayRun })
  const { sampled, plan } = estimation
  if (sampled?.stopReason !== undefined) return { estimation, isWanted: false }
  // Results in a pipe are for a program, which must find nothing else among them.
  const isAmongResults = switches.yes === true && plan.outputPath === undefined && !isTerminal
  const screen = isAmongResults ? surroundings.stderr : surroundings.stdout
  screen.write(
    switches.json === true
      ? estimateJson(estimation.estimate, sampled?.batchId)
      : estimateText(estimation.estimate),
  )
  if (!isAsked || !isTerminal) return { estimation, isWanted: switches.yes === true }
  try {
    return { estimation, isWanted: await ask(options.input, surroundings) }
  } catch (error) {
    await estimation.close()
    throw error
  }
}

async function estimate(
  options: BatchOptions,
  { texts, switches }: GivenCommand,
  {
    mayRun,
    toolWatch,
    ...surroundings
  }: CommandSurroundings & Pick<EstimateBatchOptions, 'mayRun' | 'toolWatch'>,
): Promise<Estimation> {
  const { signals, stderr } = surroundings
  const name = '--sample'
  const sampleRows =
    texts.sample === undefined ? 0 : parseWholeNumber(texts.sample, { name, minimum: 1 })
  const aborter = new AbortController()
  const counting = new EventEmitter()
  const release = onStopSignal(signals, signal => {
    aborter.abort(runError('RUN_INTERRUPTED', `Interrupted by ${signal}`))
    counting.emit(signal, signal)
  })
  const estimating = estimateBatch(options, surroundings, {
    sampleRows,
    mayRun,
    toolWatch,
    signal: aborter.signal,
    onSample(batch) {
      // From here on, calls in flight finish.
      release()
      if (switches.quiet !== true) stderr.write(`Asking ${pluralText(sampleRows, 'row')} …\n`)
      const { plan } = batch
      const { workingDirectory, program } = surroundings
      const resume = resumeCommand({ ...plan, database: texts.database, workingDirectory, program })
      return stopOnSignals(batch, signals, line => stderr.write(`${line}\n`), resume)
    },
  })
  return unlessInterrupted(estimating, counting, made => made.close()).finally(release)
}

/** Asks on the terminal, which is not standard input if that is the input. */
async function ask(
  input: BatchOptions['input'],
  { stdin, stdout, openTerminal }: CommandSurroundings,
): Promise<boolean> {
  const isInput = inputList(input).includes('-')
  const terminal = isInput ? openTerminal?.() : stdin.isTTY === true ? stdin : undefined
  if (terminal === undefined) return false
  try {
    return await askToProceed(proceedQuestion, {
      stdin: terminal,
      stdout: stdout as TerminalOutput,
    })
  } finally {
    if (isInput) terminal.destroy()
  }
}
