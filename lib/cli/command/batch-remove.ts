import { parseAge } from '../../config/parse-age.js'
import { runError } from '../../error/batch-error.js'
import type { BatchArchive } from '../../port/batch-archive.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { askYesNo } from '../terminal/ask-user.js'
import { countText, pluralText } from '../text/amount-text.js'
import { batchTable } from '../text/batch-table.js'
import { exitCodes } from '../text/exit-code.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'
import { findKnownBatch, withArchive } from './with-archive.js'

/** `llm batch remove ID...`: removes batches, all or none. */
export const runBatchRemove: RunCommand = async (given, surroundings) => {
  return withArchive(given, surroundings, async archive => {
    const batches: StoredBatch[] = []
    for (const id of new Set(given.operands)) batches.push(await findKnownBatch(archive, id))
    const running = batches.find(({ status }) => status === 'running')
    if (running !== undefined) {
      const remedy = `Stop it first: llm batch cancel ${running.id}`
      throw runError('BATCH_RUNNING', `Batch ${running.id} is running`, remedy)
    }
    await remove(archive, batches, given.switches, surroundings)
    return exitCodes.allAnswered
  })
}

/** `llm batch prune --older-than AGE`: removes batches that have not run for that long. */
export const runBatchPrune: RunCommand = async (given, surroundings) => {
  const { olderThan } = given.texts
  if (olderThan === undefined) {
    throw usageInvalid('llm batch prune needs --older-than AGE.', 'As in: --older-than 30d')
  }
  const latestMs = surroundings.clock.nowMs() - parseAge(olderThan, { name: '--older-than' })
  return withArchive(given, surroundings, async archive => {
    const batches = (await archive.listBatches({})).filter(
      ({ status, updatedAtMs }) => status !== 'running' && updatedAtMs < latestMs,
    )
    await remove(archive, batches, given.switches, surroundings)
    return exitCodes.allAnswered
  })
}

/** Shows the batches and asks first, unless `--yes` is given. With `--dry-run`, only shows them. */
async function remove(
  archive: BatchArchive,
  batches: readonly StoredBatch[],
  { yes, dryRun }: GivenCommand['switches'],
  surroundings: CommandSurroundings,
): Promise<void> {
  const { stdout } = surroundings
  if (batches.length === 0) {
    stdout.write('There is nothing to remove.\n')
    return
  }
  if (dryRun) {
    stdout.write(batchTable(batches, stdout, surroundings))
    return
  }
  if (!yes && !(await confirm(batches, surroundings))) {
    stdout.write('Nothing was removed.\n')
    return
  }
  const count = await archive.removeBatches(batches.map(({ id }) => id))
  stdout.write(`Removed ${pluralText(count, 'batch', 'batches')}.\n`)
}

async function confirm(
  batches: readonly StoredBatch[],
  surroundings: CommandSurroundings,
): Promise<boolean> {
  const { stdin, stderr } = surroundings
  stderr.write(batchTable(batches, stderr, surroundings))
  if (stdin.isTTY !== true) {
    throw usageInvalid(
      'Removed batches cannot be restored, and there is no terminal for a confirmation.',
      'Add --yes to remove them without a question.',
    )
  }
  const unfinished = batches.filter(({ status }) => status !== 'completed').length
  const loss =
    unfinished === 0 ? '' : ` ${countText(unfinished)} unfinished: they cannot be resumed any more.`
  return askYesNo(`Remove these batches?${loss} The answers in llm's log stay.`, surroundings)
}
