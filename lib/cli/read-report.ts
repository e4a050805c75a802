import { systemClock } from '../api/system-clock.js'
import { type BatchReport, batchReport } from '../batch/batch-report.js'
import type { BatchArchive, StoredFailure } from '../port/batch-archive.js'
import type { CommandSurroundings } from './command.js'
import { findKnownBatch } from './with-archive.js'

export interface ReadReportOptions {
  readonly id: string
  /** Database that was named; absent for llm's own. */
  readonly database: string | undefined
  readonly surroundings: CommandSurroundings
}

/** Failed rows that are looked at for one of each kind; beyond, a kind has its message alone. */
const mostFailuresRead = 1000

/** Looks at a batch, now. @throws {BatchError} BATCH_UNKNOWN */
export async function readReport(
  archive: BatchArchive,
  { id, database, surroundings }: ReadReportOptions,
): Promise<BatchReport> {
  const { workingDirectory, clock = systemClock } = surroundings
  const batch = await findKnownBatch(archive, id)
  const errors = await archive.countErrors(id)
  const codes = new Set(errors.map(({ code }) => code))
  const failures = await firstOfEach(archive.readFailures(id), codes)
  return batchReport({ batch, errors, failures, nowMs: clock.nowMs(), database, workingDirectory })
}

async function firstOfEach(
  failures: AsyncIterable<StoredFailure>,
  codes: Set<string>,
): Promise<readonly StoredFailure[]> {
  const found: StoredFailure[] = []
  let read = 0
  if (codes.size === 0) return found
  for await (const failure of failures) {
    if (codes.delete(failure.errorCode)) found.push(failure)
    read += 1
    if (codes.size === 0 || read >= mostFailuresRead) break
  }
  return found
}
