import { parseWholeNumber } from '../../config/parse-number.js'
import { batchStatuses } from '../../port/stored-batch.js'
import { batchFields, jsonDocument } from '../text/batch-json.js'
import { batchTable } from '../text/batch-table.js'
import { exitCodes } from '../text/exit-code.js'
import type { RunCommand } from '../words/command.js'
import { readChoice } from '../words/read-value.js'
import { withArchive } from './with-archive.js'

const listedBatches = 20

/** `llm batch list`: a line for each batch, the newest first. */
export const runBatchList: RunCommand = async (given, surroundings) => {
  const { texts, switches } = given
  const { stdout, stderr } = surroundings
  const status =
    texts.status === undefined ? undefined : readChoice(texts.status, '--status', batchStatuses)
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
    stdout.write(batchTable(batches, stdout, surroundings))
  }
  return exitCodes.allAnswered
}
