import type { AdaptiveLimit, AdaptiveLimitOptions } from '../../lib/throttle/adaptive-limit.js'

export interface SimulatedServer {
  /** What happens to calls above the ceiling. */
  readonly kind: 'refuses' | 'queues'
  /** Calls that are served at once, at a moment. */
  readonly ceiling: (ms: number) => number
  /** Mean milliseconds of a call, at a moment. */
  readonly latencyMs: (ms: number) => number
  /** Sigma of lognormal durations; 0 for equal ones. */
  readonly noise?: number
  /** Share of calls that are refused for no reason of ours. */
  readonly refusedShare?: number
}

export interface SimulatedRun {
  readonly seconds: number
  readonly seed: number
  readonly limit: (options: Pick<AdaptiveLimitOptions, 'inFlight'>) => AdaptiveLimit
  /** Calls that the input has ready at a moment; no end of them when absent. */
  readonly mostCalls?: (ms: number) => number
  /** Milliseconds of the first call instead of its own. */
  readonly stragglerMs?: number
}

export interface SimulatedEnd {
  /** Answers ÷ answers of a server that is full all the time. */
  readonly share: number
  readonly refusedShare: number
  /** Answers of each second. */
  readonly answers: readonly number[]
  /** The limit at the end of each second. */
  readonly limits: readonly number[]
}

// Taken once: the global `Math` is slow to reach in a module of jest.
const { cos, exp, floor, imul, log, min, sqrt } = Math

/** Milliseconds on the way to the server and back. */
const wayMs = 2

/** Runs a limit against a server, event by event, in a time of their own. */
export function simulateServer(server: SimulatedServer, run: SimulatedRun): SimulatedEnd {
  const { noise = 0, refusedShare = 0 } = server
  const { seconds, mostCalls = () => Number.POSITIVE_INFINITY, stragglerMs } = run
  const random = randomNumbers(run.seed)
  const events = timeline()
  let inFlight = 0
  let isServed = 0
  let begun = 0
  let refused = 0
  const waiting: (() => void)[] = []
  const answers = Array<number>(seconds).fill(0)
  const limits = Array<number>(seconds).fill(0)
  const limit = run.limit({ inFlight: () => inFlight })

  start()
  for (let second = 0; second < seconds; second += 1) {
    // An idle input looks again now and then.
    for (let ms = 0; ms < 1_000; ms += 50) events.at(second * 1_000 + ms, start)
  }
  for (let second = 0; second < seconds; second += 1) {
    while (events.next((second + 1) * 1_000)) {}
    limits[second] = limit.limit()
  }
  const all = answers.reduce((sum, count) => sum + count, 0)
  return { share: all / ideal(), refusedShare: refused / (all + refused), answers, limits }

  function start(): void {
    while (inFlight < min(limit.limit(), mostCalls(events.nowMs()))) {
      inFlight += 1
      const startedMs = events.nowMs()
      const ownMs = begun === 0 ? stragglerMs : undefined
      begun += 1
      events.at(startedMs + wayMs / 2, () => arrive(startedMs, ownMs))
    }
  }

  function arrive(startedMs: number, ownMs: number | undefined): void {
    const nowMs = events.nowMs()
    const isFull = isServed >= server.ceiling(nowMs)
    const isRefused = random() < refusedShare || (isFull && server.kind === 'refuses')
    if (isRefused) events.at(nowMs + wayMs / 2, () => end(startedMs, false))
    else if (isFull) waiting.push(() => serve(startedMs, ownMs))
    else serve(startedMs, ownMs)
  }

  function serve(startedMs: number, ownMs: number | undefined): void {
    isServed += 1
    events.at(events.nowMs() + (ownMs ?? duration()), () => {
      isServed -= 1
      while (waiting.length > 0 && isServed < server.ceiling(events.nowMs())) waiting.shift()?.()
      events.at(events.nowMs() + wayMs / 2, () => end(startedMs, true))
    })
  }

  function end(startedMs: number, isAnswered: boolean): void {
    const nowMs = events.nowMs()
    inFlight -= 1
    if (isAnswered) {
      const second = min(seconds - 1, floor(nowMs / 1_000))
      answers[second] = (answers[second] ?? 0) + 1
      limit.onSuccess(startedMs, nowMs)
    } else {
      refused += 1
      limit.onRefusal(startedMs, nowMs)
    }
    // Slots are free after the turn.
    events.at(nowMs, start)
  }

  /** Lognormal, with the mean that the server has. */
  function duration(): number {
    const normal = sqrt(-2 * log(1 - random())) * cos(2 * Math.PI * random())
    return server.latencyMs(events.nowMs()) * exp(noise * normal - (noise * noise) / 2)
  }

  function ideal(): number {
    let count = 0
    for (let second = 0; second < seconds; second += 1) {
      const ms = second * 1_000
      count += (server.ceiling(ms) / (server.latencyMs(ms) + wayMs)) * 1_000
    }
    return count
  }
}

interface Timeline {
  readonly at: (ms: number, act: () => void) => void
  readonly nowMs: () => number
  /** Does the next event. Returns false if there is none before `endMs`. */
  readonly next: (endMs: number) => boolean
}

/** Events in the order of their times; those of one moment in the order in which they came. */
function timeline(): Timeline {
  const heap: { ms: number; order: number; act: () => void }[] = []
  let nowMs = 0
  let order = 0
  const isBefore = (a: number, b: number): boolean => {
    const [one, other] = [heap[a], heap[b]]
    if (one === undefined || other === undefined) return one !== undefined
    return one.ms < other.ms || (one.ms === other.ms && one.order < other.order)
  }
  const swap = (a: number, b: number): void => {
    const kept = heap[a] as (typeof heap)[0]
    heap[a] = heap[b] as (typeof heap)[0]
    heap[b] = kept
  }
  return {
    at(ms, act) {
      heap.push({ ms, order: order++, act })
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1
        if (!isBefore(child, parent)) break
        swap(child, parent)
        child = parent
      }
    },
    nowMs: () => nowMs,
    next(endMs) {
      const first = heap[0]
      if (first === undefined || first.ms >= endMs) return false
      swap(0, heap.length - 1)
      heap.pop()
      for (let parent = 0; ; ) {
        const left = 2 * parent + 1
        const child = isBefore(left + 1, left) ? left + 1 : left
        if (!isBefore(child, parent)) break
        swap(child, parent)
        parent = child
      }
      nowMs = first.ms
      first.act()
      return true
    },
  }
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
