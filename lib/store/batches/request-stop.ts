import type { BatchArchive } from '../../port/batch-archive.js'
import type { StopRequest } from '../../port/batch-store.js'
import type { Database } from '../database/database.js'
import type { HolderAliveOptions } from './holder-alive.js'
import { type BatchRunRow, isHeld, selectBatchRun } from './stored-batch-row.js'

// A request to end at once is not replaced by a later, gentler request.
const ask = `
  UPDATE batch_runs SET stop_requested = ?2 WHERE id = ?1 AND stop_requested IS NOT 'abort'`
const markCancelled = `UPDATE batch_runs SET status = 'cancelled', lease = NULL WHERE id = ?`

/** Writes a stop request for the running process, which reads it twice a second. */
export function requestStop(
  database: Database,
  options: HolderAliveOptions,
): BatchArchive['requestStop'] {
  return (id, request, takeOver) =>
    database.transaction(async statements => {
      const [row] = await statements.all<BatchRunRow>(selectBatchRun, [id])
      if (row?.status !== 'running') return 'idle'
      if (!isHeld(row, { ...options, ...takeOver })) {
        await statements.run(markCancelled, [id])
        return 'marked'
      }
      await statements.run(ask, [id, stopRequestText(request)])
      return 'asked'
    })
}

/**
 * A stop request as text for `batch_runs.stop_requested`: `abort`, or `finish:30000` with
 * milliseconds.
 */
function stopRequestText(request: StopRequest): string {
  return request.kind === 'abort' ? 'abort' : `finish:${request.graceMs}`
}

/** Parses a stop request. Returns undefined for NULL and for an unknown text. */
export function parseStopRequest(text: string | null): StopRequest | undefined {
  if (text === 'abort') return { kind: 'abort' }
  const grace = /^finish:(\d+)$/.exec(text ?? '')?.[1]
  return grace === undefined ? undefined : { kind: 'finish', graceMs: Number(grace) }
}
