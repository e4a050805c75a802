export interface RefusalLimitOptions {
  /** The first and the highest value. */
  readonly highest: number
  /** Calls in flight now. A call that has just ended does not count. */
  readonly inFlight: () => number
}

/** How many calls in flight a server takes, learnt from its refusals. */
export interface RefusalLimit {
  /** A whole number from 1 to `highest`. */
  readonly limit: () => number
  /** @param startedMs start of the answered call, on the monotonic clock. */
  readonly onAnswer: (startedMs: number, nowMs: number) => void
  readonly onRefusal: (startedMs: number, nowMs: number, reason: RefusalReason) => void
}

/** Too many calls at once, or too many in a time: then the pace is to blame first. */
export type RefusalReason = 'too-many' | 'too-fast'

/** What a refusal costs. An answer earns 1, so one refusal in ten is borne. */
const cost: Readonly<Record<RefusalReason, number>> = { 'too-many': 10, 'too-fast': 5 }
const mostCredit = 30
/** Answers, of calls started since, that prove a raised limit. */
const answersOfProof = 10
/** Shares by which the limit rises, raise after raise. The first raise adds one call. */
const raises = [0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1]
/** Before a raise: rounds of answers, and milliseconds. Each failed raise doubles them. */
const firstCalm = { rounds: 4, ms: 250 }
/** A raise fails with about one refusal, so these keep refusals below one in a hundred. */
const longestCalm = { answers: 200, ms: 4_000 }

/**
 * Falls to what the server takes, and stays there if the server refuses a few calls at random.
 *
 * After a refusal, the calls still in flight are those that the server took, and become the limit.
 * The calls of a burst started before the fall, so they cost one fall. At a limit, one refusal in
 * ten answers is borne. The lower the limit has fallen, the more refusals are borne: they do not
 * come from the number of calls. After a calm time, one more call is tried. If the server answers
 * that call, more follow in growing steps.
 *
 * (TCP's rule, half after a refusal and one more a round, would give away a quarter of what the
 * server takes.)
 */
export function createRefusalLimit({ highest, inFlight }: RefusalLimitOptions): RefusalLimit {
  let allowed = highest
  /** The limit does not fall below this while the refusals of a burst come in. */
  let floor = 1
  /** The most calls in flight before the limit began to fall. */
  let top = 0
  /** Since when the limit is what it is. Calls that started earlier say nothing of it. */
  let sinceMs = Number.NEGATIVE_INFINITY
  let answers = 0
  let credit = 0
  let isRaised = false
  let wasFull = false
  let raise = 0
  let failedRaises = 0
  let calmUntilMs = 0

  return { limit: () => allowed, onAnswer, onRefusal }

  function onAnswer(startedMs: number, nowMs: number): void {
    if (startedMs < sinceMs) return
    // The square root, as in TCP: half of the calls for four times the refusals.
    credit = Math.min(mostCredit, credit + Math.sqrt(Math.max(1, top / allowed)))
    if (allowed >= highest) return
    answers += 1
    if (inFlight() + 1 >= allowed) wasFull = true
    if (!wasFull) return
    if (isRaised && answers >= Math.min(allowed, answersOfProof)) {
      failedRaises = 0
      raiseBy(Math.min(raise + 1, raises.length - 1), nowMs)
    } else if (!isRaised && answers >= calmAnswers() && nowMs >= calmUntilMs) {
      raiseBy(0, nowMs)
    }
  }

  function calmAnswers(): number {
    return Math.min(longestCalm.answers, firstCalm.rounds * allowed * 2 ** failedRaises)
  }

  function raiseBy(index: number, nowMs: number): void {
    raise = index
    isRaised = true
    credit = 0
    floor = allowed
    top = Math.max(allowed, 0.9 * top)
    const added = Math.max(1, Math.floor(allowed * (raises[index] ?? 0)))
    allow(Math.min(highest, allowed + added), nowMs)
  }

  function onRefusal(startedMs: number, nowMs: number, reason: RefusalReason): void {
    if (startedMs < sinceMs) {
      allowed = Math.max(floor, Math.min(allowed, inFlight()))
      return
    }
    credit -= cost[reason]
    if (credit < 0) fall(nowMs)
  }

  function fall(nowMs: number): void {
    const reached = Math.min(allowed, inFlight() + 1)
    if (isRaised) {
      allow(Math.max(floor, reached - 1), nowMs)
    } else {
      top = Math.max(top, reached)
      floor = Math.ceil(reached / 2)
      // The limit has just fallen, and that was not enough.
      const lost = answers < 5 ? Math.max(1, Math.floor(reached / 8)) : 1
      allow(Math.max(1, floor, reached - lost), nowMs)
    }
    failedRaises = isRaised ? Math.min(10, failedRaises + 1) : 0
    isRaised = false
    credit = cost['too-many']
    calmUntilMs = nowMs + Math.min(longestCalm.ms, firstCalm.ms * 2 ** failedRaises)
  }

  function allow(calls: number, nowMs: number): void {
    allowed = calls
    sinceMs = nowMs
    answers = 0
    wasFull = false
  }
}
