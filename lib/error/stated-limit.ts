/** What a limit counts. `tokens` are input and output together. */
export type LimitedKind = 'requests' | 'tokens' | 'input-tokens' | 'output-tokens'

/** A limit as a provider states it with a reply, good or bad. What is not stated is absent. */
export interface StatedLimit {
  /** Tells the limit from the provider's other limits. */
  readonly name: string
  readonly kind: LimitedKind
  /** Milliseconds that `limit` counts in. */
  readonly windowMs: number
  readonly limit?: number | undefined
  /** What is left. At most `limit`. */
  readonly remaining?: number | undefined
  /** Milliseconds until all of the limit is left again. */
  readonly resetMs?: number | undefined
}

/** From this window on, a used-up limit is a quota: no run waits for it. */
export const quotaWindowMs = 3_600_000

/** A limit in words for people: `tokens per minute`. */
export function limitText({ kind, windowMs }: Pick<StatedLimit, 'kind' | 'windowMs'>): string {
  return `${kind.replace('-', ' ')} per ${windowText(windowMs)}`
}

const windowNames: readonly (readonly [ms: number, name: string])[] = [
  [1_000, 'second'],
  [60_000, 'minute'],
  [3_600_000, 'hour'],
  [86_400_000, 'day'],
  [30 * 86_400_000, 'month'],
]

function windowText(windowMs: number): string {
  const known = windowNames.find(([ms]) => ms === windowMs)
  return known === undefined ? `${Math.round(windowMs / 1000)} s` : known[1]
}
