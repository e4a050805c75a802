import { callPath } from '../../lib/call/call-path.js'
import type { CallPathOptions } from '../../lib/call/call-path-options.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { Outcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { type InvokeModelOptions, invokeModel } from '../../lib/stage/invoke-model.js'
import { createWindow, type Window } from '../../lib/stage/window.js'
import { fakeClock } from '../support/fake-clock.js'
import { prompt, range } from '../support/rows.js'
import type { ScriptedClient } from '../support/scripted-client.js'

export const prompts = (count: number): Prompt[] => range(count).map(index => prompt(index))
export const indices = (outcomes: readonly Outcome[]) => outcomes.map(({ row }) => row.index)
export const inOrder = (outcomes: readonly Outcome[]) => indices(outcomes).sort((a, b) => a - b)

/** The stage over a call path of its own. */
export function invoking(
  model: ScriptedClient,
  options: Partial<InvokeModelOptions & Pick<CallPathOptions, 'concurrency' | 'rateLimit'>> = {},
) {
  const { concurrency = 4, rateLimit, ...rest } = options
  const clock = fakeClock()
  const stop = createStopSwitch()
  const calls = callPath(model.client, {
    concurrency,
    rateLimit,
    retries: 2,
    timeoutMs: 60_000,
    deadlineMs: 600_000,
    acceptTruncated: false,
    clock,
    stop,
  })
  const stage = invokeModel({ calls, clock, windowRows: 10, ...rest })
  return { ...model, stage, calls, clock, stop }
}

/** A window that says what it holds. */
export function watchedWindow(rows: number): Window & { readonly held: () => readonly number[] } {
  const window = createWindow({ rows })
  let held = [0, 0]
  const add = (rowsMore: number, charactersMore: number): void => {
    held = [(held[0] as number) + rowsMore, (held[1] as number) + charactersMore]
  }
  return {
    ...window,
    held: () => held,
    take(rowsTaken, characters) {
      add(rowsTaken, characters)
      window.take(rowsTaken, characters)
    },
    free(rowsFreed, characters) {
      add(-rowsFreed, -characters)
      window.free(rowsFreed, characters)
    },
  }
}
