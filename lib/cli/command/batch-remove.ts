import { parseAge } from '../../config/parse-age.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import { systemClock } from '../../host/system-clock.js'
import type { BatchArchive } from '../../port/batch-archive.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { askYesNo } from '../terminal/ask-yes-no.js'
import { countText } from '../text/amount-text.js'
import { batchTable } from '../text/batch-table.js'
import { exitCodes } from '../text/exit-code.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'
import { findKnownBatch, withArchive } from './with-archive.js'

/** `llm batch remove ID...`: removes batches, all or none. */
export async function runBatchRemove(
  given: GivenCommand,
  surroundings: CommandSurroundings,
): Promise<number> {
  return withArchive(given, surroundings, async archive => {
    const batches: StoredBatch[] = []
    for (const id of new Set(given.operands)) batches.push(await findKnownBatch(archive, id))
    const running = batches.find(({ status }) => status === 'running')
    if (running !== undefined) throw batchStillRunning(running)
    await remove(archive, batches, { given, surroundings })
    return exitCodes.allAnswered
  })
}

/** `llm batch prune --older-than AGE`: removes batches that have not run for that long. */
export async function runBatchPrune(
  given: GivenCommand,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { olderThan } = given.texts
  if (olderThan === undefined) {
    throw usageInvalid('llm batch prune needs --older-than AGE.', 'As in: --older-than 30d')
  }
  const { clock = systemClock } = surroundings
  const latestMs = clock.nowMs() - parseAge(olderThan, { name: '--older-than' })
  return withArchive(given, surroundings, async archive => {
    const batches = (await archive.listBatches({})).filter(
      ({ status, updatedAtMs }) => status !== 'running' && updatedAtMs < latestMs,
    )
    await remove(archive, batches, { given, surroundings })
    return exitCodes.allAnswered
  })
}

interface Removing {
  readonly given: GivenCommand
  readonly surroundings: CommandSurroundings
}

/** Shows the batches and asks first, unless `--yes` is given. */
async function remove(
  archive: BatchArchive,
  batches: readonly StoredBatch[],
  { given, surroundings }: Removing,
): Promise<void> {
  const { stdout } = surroundings
  if (batches.length === 0) {
    stdout.write('There is nothing to remove.\n')
    return
  }
  if (given.switches.yes !== true && !(await confirm(batches, surroundings))) {
    stdout.write('Nothing was removed.\n')
    return
  }
  const count = await archive.removeBatches(batches.map(({ id }) => id))
  stdout.write(`Removed ${count === 1 ? '1 batch' : `${count} batches`}.\n`)
}

async function confirm(
  batches: readonly StoredBatch[],
  surroundings: CommandSurroundings,
): Promise<boolean> {
  const { stdin, stderr, workingDirectory, clock = systemClock } = surroundings
  if (stdin.isTTY !== true) {
    throw usageInvalid(
      'Removed batches cannot be restored, and there is no terminal for a confirmation.',
      'Add --yes to remove them without a question.',
    )
  }
  const width = stderr.isTTY ? stderr.columns || undefined : undefined
  stderr.write(batchTable(batches, { nowMs: clock.nowMs(), workingDirectory, width }))
  const unfinished = batches.filter(({ status }) => status !== 'completed').length
  const loss =
    unfinished === 0 ? '' : ` ${countText(unfinished)} unfinished: no resuming them any more.`
  return askYesNo(`Forget these?${loss} The log of llm stays.`, surroundings)
}

function batchStillRunning({ id }: StoredBatch): BatchError {
  return runError(
    'BATCH_RUNNING',
    `Batch ${id} is running`,
    `Stop it first: llm batch cancel ${id}`,
  )
}
