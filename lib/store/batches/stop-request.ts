import type { StopRequest } from '../../port/batch-store.js'

/**
 * What is asked of a run, as `batch_runs.stop_requested` has it: `abort`, or `finish:30000` with
 * its milliseconds.
 */
export function stopRequestText(request: StopRequest): string {
  return request.kind === 'abort' ? 'abort' : `finish:${request.graceMs}`
}

/** The same read back; undefined for NULL and for anything that no version of ours wrote. */
export function parseStopRequest(text: string | null): StopRequest | undefined {
  if (text === 'abort') return { kind: 'abort' }
  const grace = /^finish:(\d+)$/.exec(text ?? '')?.[1]
  return grace === undefined ? undefined : { kind: 'finish', graceMs: Number(grace) }
}
