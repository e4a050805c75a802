import { systemClock } from '../../host/system-clock.js'
import type { BatchArchive } from '../../port/batch-archive.js'
import { type BatchReport, batchReport } from '../../report/batch-report.js'
import type { CommandSurroundings } from '../words/command.js'
import { findKnownBatch } from './with-archive.js'

export interface ReadReportOptions {
  readonly id: string
  /** Path that `--database` named; absent for llm's own database. */
  readonly database: string | undefined
  readonly surroundings: CommandSurroundings
}

/** Reads the present report of a batch. @throws {BatchError} BATCH_UNKNOWN */
export async function readReport(
  archive: BatchArchive,
  { id, database, surroundings }: ReadReportOptions,
): Promise<BatchReport> {
  const { workingDirectory, clock = systemClock } = surroundings
  const batch = await findKnownBatch(archive, id)
  const errors = await archive.countErrors(id)
  return batchReport({ batch, errors, nowMs: clock.nowMs(), database, workingDirectory })
}
