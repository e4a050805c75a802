import { parseWholeNumber } from '../../config/parse-number.js'
import { nearest } from '../../error/nearest.js'
import { systemClock } from '../../host/system-clock.js'
import { type BatchStatus, batchStatuses } from '../../port/stored-batch.js'
import { batchFields, jsonDocument } from '../text/batch-json.js'
import { batchTable } from '../text/batch-table.js'
import { exitCodes } from '../text/exit-code.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'
import { withArchive } from './with-archive.js'

const listedBatches = 20

/** `llm batch list`: a line for each batch, the newest first. */
export async function runBatchList(
  given: GivenCommand,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { texts, switches } = given
  const { stdout, stderr, workingDirectory, clock = systemClock } = surroundings
  const status = texts.status === undefined ? undefined : statusOf(texts.status)
  const limit =
    texts.limit === undefined
      ? listedBatches
      : parseWholeNumber(texts.limit, { name: '--limit', minimum: 1 })
  const batches = await withArchive(given, surroundings, archive =>
    archive.listBatches({ status, limit }),
  )
  if (switches.json) {
    stdout.write(jsonDocument(batches.map(batchFields)))
  } else if (batches.length === 0) {
    stderr.write(status === undefined ? 'No batches yet.\n' : `No ${status} batches.\n`)
  } else {
    const width = stdout.isTTY ? stdout.columns || undefined : undefined
    stdout.write(batchTable(batches, { nowMs: clock.nowMs(), workingDirectory, width }))
  }
  return exitCodes.allAnswered
}

function statusOf(text: string): BatchStatus {
  const word = text.toLowerCase()
  const status = batchStatuses.find(known => known === word)
  if (status !== undefined) return status
  const near = nearest(word, batchStatuses, 1)[0]
  throw usageInvalid(
    `--status expects one of ${batchStatuses.join(', ')}, got ${JSON.stringify(text)}.`,
    near === undefined ? undefined : `Did you mean ${near}?`,
  )
}
