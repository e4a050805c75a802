import { callPath } from '../../lib/call/call-path.js'
import type { CallPathOptions } from '../../lib/call/call-path-options.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { Outcome } from '../../lib/row/outcome.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { prompt, range } from '../support/rows.js'
import { type ClientKind, scriptedClient } from '../support/scripted-client.js'

export const limits = {
  concurrency: 3,
  retries: 5,
  timeoutMs: 600_000,
  deadlineMs: 3_600_000,
  acceptTruncated: false,
}

/**
 * A way to a model whose calls end when the spec says so. Rows that find no slot wait in a queue,
 * as in a stage.
 */
export function wayToModel(options: Partial<CallPathOptions> = {}, kind: ClientKind = 'begin') {
  const clock = fakeClock()
  clock.chance = 0
  const stop = createStopSwitch()
  const startsMs: number[] = []
  const model = scriptedClient(kind, () => startsMs.push(clock.monotonicMs()))
  const path = callPath(model.client, {
    ...limits,
    clock,
    stop,
    ...options,
  })
  const outcomes: Outcome[] = []
  const broken: unknown[] = []
  const queue: number[] = []
  const listener = {
    ended: (outcome: Outcome) => void outcomes.push(outcome),
    broken: (error: unknown) => void broken.push(error),
  }
  let asked = 0
  path.onFree(serve)
  return { ...model, clock, stop, path, startsMs, outcomes, broken, queue, ask, end, release }

  function serve(): void {
    while (queue.length > 0 && path.tryBegin(prompt(queue[0] as number), listener)) queue.shift()
  }

  async function ask(count: number): Promise<void> {
    queue.push(...range(count).map(index => asked + index))
    asked += count
    serve()
    await settle()
  }

  /** Ends the oldest call: with an error, or answered. */
  async function end(given?: Parameters<(typeof model.open)[0]['answer']>[0] | Error) {
    const call = model.open[0]
    if (given instanceof Error) call?.fail(given)
    else call?.answer(given)
    await settle()
  }

  /** Says that all outcomes are safe. */
  function release(): void {
    path.release(outcomes)
  }
}
