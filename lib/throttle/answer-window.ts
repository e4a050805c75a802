/** How a server answered while about the same number of calls was in flight. */
export interface Measured {
  /** Mean number of calls in flight. */
  readonly calls: number
  /** Mean duration of the answered calls, in milliseconds. */
  readonly meanMs: number
  /** Answers counted, and so how sure the mean is. */
  readonly answers: number
}

export interface EndedCall {
  /** On the monotonic clock. */
  readonly startedMs: number
  readonly nowMs: number
  /** Calls in flight until now, this one included. */
  readonly inFlight: number
}

export interface AnswerWindow {
  readonly add: (call: EndedCall) => void
  readonly answers: () => number
  /** Whether the window can be closed before an answer at `nowMs` is added. */
  readonly canClose: (nowMs: number) => boolean
  /** Closes the window at its last answer. The next window begins there. */
  readonly close: () => Measured
}

/** A clock that counts whole milliseconds may measure none. */
const leastMs = 0.001

/**
 * Measures from one answer to a later one: durations, and the mean number of calls in flight.
 *
 * Answers of calls that started together come together. A window never ends inside such a burst.
 */
export function createAnswerWindow(): AnswerWindow {
  let startMs: number | undefined
  let lastMs = 0
  let callMs = 0
  let durationsMs = 0
  let answers = 0
  return {
    add({ startedMs, nowMs, inFlight }) {
      if (startMs === undefined) startMs = lastMs = startedMs
      // If all calls ended before this one started, nothing was in flight until its start.
      callMs += inFlight * (nowMs - Math.max(lastMs, startedMs))
      lastMs = nowMs
      durationsMs += nowMs - startedMs
      answers += 1
    },
    answers: () => answers,
    canClose: nowMs => startMs !== undefined && nowMs > lastMs && lastMs > startMs,
    close() {
      const measured = {
        calls: callMs / (lastMs - (startMs ?? 0)),
        meanMs: Math.max(leastMs, durationsMs / answers),
        answers,
      }
      startMs = lastMs
      callMs = durationsMs = answers = 0
      return measured
    },
  }
}

/**
 * Answers per millisecond, by Little's law: calls in flight ÷ time of a call. To count the answers
 * of a short window would be wrong by a whole burst.
 *
 * @see https://en.wikipedia.org/wiki/Little%27s_law
 */
export function throughputOf({ calls, meanMs }: Measured): number {
  return calls / meanMs
}

/** The mean of several measurements, each with the weight of its answers. */
export function meanOf(parts: readonly Measured[]): Measured {
  let calls = 0
  let durationsMs = 0
  let answers = 0
  for (const part of parts) {
    calls += part.calls * part.answers
    durationsMs += part.meanMs * part.answers
    answers += part.answers
  }
  return { calls: calls / answers, meanMs: durationsMs / answers, answers }
}
