import type { EvenPace } from './even-pace.js'

export interface SharedPaceOptions {
  /** The limit per minute now; undefined for none. */
  readonly perMinute: () => number | undefined
  /** Calls that wait for their start, the next one included. */
  readonly callsWaiting: () => number
  /**
   * Whether a call needs its time in one piece. If not, calls keep the limit over a few seconds,
   * and no time is lost between them.
   */
  readonly isInOnePiece: boolean
  /** Asks for so many milliseconds of the shared time line. The answer comes by `onSpan`. */
  readonly ask: (ms: number) => void
}

export interface SharedPace extends EvenPace {
  /** Gives time that this process has got. Undefined if there will be none. Times are monotonic. */
  readonly onSpan: (span: { readonly startMs: number; readonly endMs: number } | undefined) => void
}

/**
 * Calls are spaced a little wider than the limit says. Timers and the network delay calls by
 * different times, so that calls spaced exactly would at times come closer.
 */
const spareShare = 0.1

/** Time that is asked for at once, unless one call takes more. A killed process loses no more. */
const blockMs = 200

/** Errors of adding fractions. */
const roundingMs = 0.001

/** A span may be used so late. Time before that is lost: late calls must not come in a bunch. */
const mostLateMs = 20

/**
 * A pace over time that processes share. Each call uses up a stretch of its own: a call starts with
 * the start of its stretch, and no other call of any process starts within it.
 *
 * Time is asked for while calls wait, ahead of the next one, and only as much as the waiting calls
 * need.
 */
export function createSharedPace(options: SharedPaceOptions): SharedPace {
  const { perMinute, callsWaiting, isInOnePiece, ask } = options
  let spans: { startMs: number; endMs: number }[] = []
  /** Time that started calls took too little; negative if too much. */
  let owedMs = 0
  let isAsking = false

  return {
    waitMs(nowMs, cost) {
      const callMs = timeOf(cost)
      const neededMs = callMs + owedMs
      if (callMs === 0 || neededMs <= 0) return 0
      drop(nowMs, neededMs)
      const [first] = spans
      if (first !== undefined && heldMs() >= neededMs - roundingMs) {
        // The next call's time is asked for before this call starts.
        if (callsWaiting() > 1 && heldMs() < neededMs + callMs - roundingMs) askFor(callMs, 0)
        return Math.max(0, first.startMs - nowMs)
      }
      askFor(callMs, owedMs)
      return Number.POSITIVE_INFINITY
    },
    take(cost) {
      let ms = timeOf(cost) + owedMs
      owedMs = Math.min(0, ms)
      while (ms > 0 && spans[0] !== undefined) {
        const [first] = spans
        const usedMs = Math.min(ms, first.endMs - first.startMs)
        first.startMs += usedMs
        ms -= usedMs
        if (first.startMs >= first.endMs) spans.shift()
      }
      if (ms > 0) owedMs = ms
    },
    correct(cost) {
      owedMs += timeOf(cost)
    },
    onSpan(span) {
      isAsking = false
      if (span !== undefined) spans.push({ ...span })
    },
  }

  function askFor(callMs: number, furtherMs: number): void {
    if (isAsking) return
    isAsking = true
    const calls = Math.max(1, Math.min(callsWaiting(), Math.floor(blockMs / callMs)))
    ask(Math.max(callMs, calls * callMs + furtherMs))
  }

  function heldMs(): number {
    return spans.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
  }

  /** Drops what has passed, and what is too short for a call in one piece. */
  function drop(nowMs: number, neededMs: number): void {
    const fromMs = nowMs - mostLateMs
    for (const span of spans) span.startMs = Math.max(span.startMs, fromMs)
    const leastMs = isInOnePiece ? neededMs - roundingMs : roundingMs
    spans = spans.filter(({ startMs, endMs }) => endMs - startMs >= leastMs)
  }

  /** Milliseconds of the shared time line that so much is worth. */
  function timeOf(cost: number): number {
    const limit = perMinute()
    return limit === undefined ? 0 : ((cost * 60_000) / limit) * (1 + spareShare)
  }
}
