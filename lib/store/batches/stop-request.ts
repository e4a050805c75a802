import type { StopRequest } from '../../port/batch-store.js'

/**
 * A stop request as text for `batch_runs.stop_requested`: `abort`, or `finish:30000` with
 * milliseconds.
 */
export function stopRequestText(request: StopRequest): string {
  return request.kind === 'abort' ? 'abort' : `finish:${request.graceMs}`
}

/** Parses a stop request. Returns undefined for NULL and for an unknown text. */
export function parseStopRequest(text: string | null): StopRequest | undefined {
  if (text === 'abort') return { kind: 'abort' }
  const grace = /^finish:(\d+)$/.exec(text ?? '')?.[1]
  return grace === undefined ? undefined : { kind: 'finish', graceMs: Number(grace) }
}
