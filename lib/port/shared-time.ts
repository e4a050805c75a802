/** A stretch of the time line that the processes of this machine share. */
export interface TimeSpan {
  /** Milliseconds since 1970. */
  readonly startMs: number
  readonly endMs: number
}

/** What the processes share. */
export type SharedKind = 'requests' | 'tokens'

/**
 * The time lines that the processes of this machine share, one for the requests and one for the
 * tokens of a model and key. Whoever starts a call first takes as much time as the call is worth at
 * the limit: at 600 calls a minute, 100 ms. No time is given twice.
 */
export interface SharedTime {
  /**
   * Takes the next free time, from now on at the earliest. Time that nobody took before now is
   * lost. Rejects with BatchError DATABASE_UNUSABLE.
   */
  readonly take: (kind: SharedKind, ms: number) => Promise<TimeSpan>
  readonly close: () => Promise<void>
}
