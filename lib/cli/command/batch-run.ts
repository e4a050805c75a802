import type { BatchOptions } from '../../config/batch-options.js'
import { inputList } from '../../config/input-name.js'
import { layerOptions } from '../../config/layer-options.js'
import { readBatchConfig } from '../../home/read-batch-config.js'
import { resumeCommand } from '../../report/resume-command.js'
import type { Batch } from '../../run/plan.js'
import { type RunScreen, runScreen, withParts } from '../terminal/run-screen.js'
import { unlessInterrupted } from '../terminal/stop-on-signals.js'
import { watchTools } from '../terminal/watch-tools.js'
import { exitCodeOfRun, exitCodes } from '../text/exit-code.js'
import { higherCap } from '../text/higher-cap.js'
import { planText } from '../text/plan-text.js'
import { endText } from '../text/run/end-text.js'
import { checkEstimateFlags } from '../words/check-estimate-flags.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../words/command.js'
import {
  givenByConfig,
  overConfig,
  readConfigOptions,
  settingRules,
} from '../words/config-words.js'
import { readBatchFlags } from '../words/read-batch-flags.js'
import { readShowFlags } from '../words/read-show-flags.js'
import { beforeText, runOpened, type WatchingSurroundings } from './run-opened.js'

const previewedRows = 3

/** `llm batch INPUT`: one prompt per row of a file. */
export const runBatchCommand: RunCommand = async (typed, surroundings) => {
  const { environment, home } = surroundings
  const flags = readBatchFlags(typed)
  const config = await readBatchConfig(home, settingRules())
  const file = givenByConfig(config)
  const fileOptions = readConfigOptions(file)
  const options = layerOptions({ flags, environment, config, fileOptions })
  const given = overConfig(typed, file)
  checkEstimateFlags(given)
  const { isProgressShown } = readShowFlags(given)
  if (given.switches.dryRun) return showDryRun(options, surroundings)
  const tools = watchTools(given.switches, inputList(options.input), surroundings)
  // A line that moves would run into the calls of tools.
  const isLineFree = tools.watch === undefined && !isTyped(options, surroundings)
  const screen = runScreen(surroundings, isProgressShown && isLineFree)
  const watching = withParts(surroundings, { stdout: screen.stdout, toolWatch: tools.watch })
  try {
    if (given.switches.estimateCost) return await runEstimated(options, given, watching, screen)
    const batch = await openShown(options, watching, screen)
    return await runOpened(batch, given, watching, screen)
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

/** Opens a batch behind a line that says so, because a large input takes a while. */
async function openShown(
  options: BatchOptions,
  surroundings: WatchingSurroundings,
  screen: RunScreen,
): Promise<Batch> {
  try {
    const inputs = inputList(options.input).map(name => (name === '-' ? 'standard input' : name))
    await screen.open(`reading ${inputs.join(', ')}`)
    const { openBatch } = await import('../../plan/open-batch.js')
    const opening = openBatch(options, surroundings, { toolWatch: surroundings.toolWatch })
    return await unlessInterrupted(opening, surroundings.signals, opened => opened.close())
  } catch (error) {
    screen.close()
    throw error
  }
}

/** Whether a person types the rows: a line would be drawn over what they type. */
function isTyped({ input }: BatchOptions, surroundings: CommandSurroundings): boolean {
  return inputList(input).includes('-') && surroundings.stdin.isTTY === true
}

/** Estimates a batch, and runs it if the user wants that. */
async function runEstimated(
  options: BatchOptions,
  given: GivenCommand,
  surroundings: WatchingSurroundings,
  screen: RunScreen,
): Promise<number> {
  const { stderr, environment, workingDirectory, program, asCalled } = surroundings
  const { showEstimate } = await import('./batch-estimate.js')
  const { estimation, isWanted } = await showEstimate(options, given, surroundings)
  const { sampled, plan, before, estimate } = estimation
  try {
    if (isWanted) return await runOpened(await estimation.open(), given, surroundings, screen)
    if (sampled === undefined) return exitCodes.allAnswered
    const { database } = given.texts
    const { batchId, stopReason } = sampled
    const rowsTotal = estimate.rows + estimate.failingRows + estimate.recordedRows
    const maxCostUsd = higherCap(sampled, before, rowsTotal)
    const command = resumeCommand({
      ...plan,
      batchId,
      database,
      maxCostUsd,
      workingDirectory,
      program,
    })
    const isStopped = stopReason !== undefined
    stderr.write(
      isStopped
        ? endText({ reason: stopReason, summary: sampled, command, environment, asCalled })
        : `The answers of the sample are recorded. Run the batch with: ${command}\n`,
    )
    return isStopped ? exitCodeOfRun(sampled) : exitCodes.allAnswered
  } finally {
    await estimation.close()
  }
}
