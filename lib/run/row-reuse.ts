import type { Duplex } from 'node:stream'
import type { StopSwitch } from '../call/stop-switch.js'
import type { ReuseScope, StoredRun } from '../port/batch-store.js'
import { type EqualPrompts, equalPrompts } from '../stage/equal-prompts.js'
import { reuseAnswers } from '../stage/reuse-answers.js'
import type { Plan } from './plan.js'

/** How a run uses answers that were recorded for other rows. */
export interface RowReuse {
  /** Absent if every row is asked. */
  readonly scope: ReuseScope | undefined
  /** Absent if equal prompts are asked each. */
  readonly equals: EqualPrompts | undefined
  /** The stage before the calls, if there is one. */
  readonly stages: (recorded: Pick<StoredRun, 'reuse'>) => readonly Duplex[]
}

export function rowReuse(plan: Plan, stop: StopSwitch): RowReuse {
  const { isDeduping, cacheAgeMs } = plan
  const scope = isDeduping || cacheAgeMs !== undefined ? { isDeduping, cacheAgeMs } : undefined
  const equals = isDeduping ? equalPrompts() : undefined
  const stages: RowReuse['stages'] = ({ reuse }) =>
    scope === undefined ? [] : [reuseAnswers({ find: reuse, equals, stop })]
  return { scope, equals, stages }
}
