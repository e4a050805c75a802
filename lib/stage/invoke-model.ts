import type { Duplex } from 'node:stream'
import type { OutcomeListener } from '../call/asked-row.js'
import type { CallPath } from '../call/call-path.js'
import type { Outcome, PromptOrOutcome } from '../row/outcome.js'
import { groupStage } from './group-stage.js'
import { charactersIn, charactersOf, createWindow, type Window } from './window.js'

export type InvokeModelOptions = InvokingOptions & (OwnWindow | SharedWindow)

export interface OwnWindow {
  /**
   * Most rows held at once: before their turn, in flight, between two attempts, or not yet read. As
   * many as may be in flight and 64 more, if absent.
   */
  readonly windowRows?: number | undefined
  readonly window?: undefined
}

export interface SharedWindow {
  /**
   * The window shared with a following `recordOutcomes`, which frees the window and the slots once
   * outcomes are safe and passed on. Without it, this stage does both as it passes outcomes on.
   */
  readonly window: Window
}

export interface InvokingOptions {
  /** After a stop of these calls, rows in flight finish and the rest are skipped. */
  readonly calls: CallPath
  /** Called as each row ends, before another row takes its place. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined
  /**
   * Takes the paid outcomes of the turn in which the stage is destroyed. No later stage gets them.
   */
  readonly rescue?: ((outcomes: readonly Outcome[]) => void) | undefined
}

/** Rows read ahead of the calls. */
const aheadRows = 64

/**
 * Groups of Prompts in, groups of Outcomes out: those that ended in one turn of the event loop.
 * Outcomes in the input pass through untouched, in the order of the prompts' starts.
 *
 * An error of reach `run` (a refused key) fails its row and requests a stop of the calls.
 *
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls, onOutcome: ({ row, kind }) => console.log(row.index, kind) }),
 *       restoreOrder(),
 *       writeRows('out.csv'),
 *     )
 */
export function invokeModel(options: InvokeModelOptions): Duplex {
  const { calls, onOutcome, rescue } = options
  const { stop, clock, concurrency } = calls
  const { windowRows = concurrency + aheadRows } = options as OwnWindow
  const isAlone = options.window === undefined
  const window = isAlone ? createWindow({ rows: windowRows }) : options.window
  const queue: PromptOrOutcome[] = []
  /** Position in the queue of the next prompt. */
  let next = 0
  let running = 0
  /** Outcomes of this turn. */
  let ended: Outcome[] = []
  const listener: OutcomeListener = {
    ended(outcome, prompt) {
      running -= 1
      note(outcome, prompt)
    },
    broken: error => void stage.destroy(error as Error),
  }
  const { stage, give, advance } = groupStage<PromptOrOutcome, Outcome>({
    take(group) {
      window.take(group.length, charactersOf(group))
      for (const taken of group) queue.push(taken)
      beginQueued()
    },
    hasRoom: window.hasRoom,
    isIdle: () => next === queue.length && running === 0 && ended.length === 0,
    onPassed: isAlone ? pass : undefined,
    letGo(error) {
      calls.breakOff(error ?? new Error('The stage was destroyed'))
      const group = ended
      ended = []
      if (group.length > 0) rescue?.(group)
    },
  })
  calls.onFree(beginQueued)
  window.onFree(advance)
  stop.signal.addEventListener('abort', beginQueued, { once: true })
  return stage

  /** In the order of the queue, as long as there are free slots. */
  function beginQueued(): void {
    if (stage.destroyed) return
    while (next < queue.length) {
      const taken = queue[next] as PromptOrOutcome
      const isAsked = taken.kind === 'prompt' && !stop.signal.aborted
      if (isAsked && !calls.tryBegin(taken, listener)) break
      // Before listeners hear the outcome: a listener may request a stop, which calls this again.
      next += 1
      if (isAsked) running += 1
      else note(taken.kind === 'prompt' ? { kind: 'skipped', row: taken.row } : taken, taken)
    }
    queue.splice(0, next)
    next = 0
  }

  /** The outcome takes the window's room of its prompt. */
  function note(outcome: Outcome, taken: PromptOrOutcome): void {
    window.take(0, charactersIn(outcome) - charactersIn(taken))
    ended.push(outcome)
    if (ended.length === 1) clock.afterTurn(giveEnded)
    // Last, because a listener may destroy the stage, and the outcome is paid.
    if (outcome.kind === 'failed' && outcome.error.reach === 'run') stop.request(outcome.error)
    onOutcome?.(outcome)
  }

  function giveEnded(): void {
    const group = ended
    ended = []
    if (stage.destroyed) return
    if (isAlone) calls.release(group)
    give(group)
  }

  function pass(group: readonly Outcome[]): void {
    window.free(group.length, charactersOf(group))
  }
}
