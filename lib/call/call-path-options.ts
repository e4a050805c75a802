import type { Clock } from '../port/clock.js'
import type { ToolRunner } from '../port/tool.js'
import type { CallBudget } from './call-budget.js'
import type { SettleAttemptOptions } from './settle-attempt.js'
import type { CallSpend } from './spend-cap.js'
import type { StopSwitch } from './stop-switch.js'

export interface CallPathOptions extends Omit<SettleAttemptOptions, 'random' | 'hasTools'> {
  /** The most calls in flight. */
  readonly concurrency: number
  /** Whether fewer calls are in flight if the server gives as much with them. */
  readonly isConcurrencyAuto?: boolean | undefined
  /** Calls in flight at once of all runs with the budget; no limit if absent. */
  readonly sharedConcurrency?: number | undefined
  /** Calls started per minute. */
  readonly rateLimit?: number | undefined
  /** Tokens per minute. */
  readonly tokenLimit?: number | undefined
  readonly timeoutMs: number
  /** Holds calls back that could pass a cap of the cost. */
  readonly cap?: CallSpend | undefined
  readonly clock: Clock
  /** After a stop no call starts, and waiting rows are skipped. Made here if absent. */
  readonly stop?: StopSwitch | undefined
  /** What all runs with the model and key pass; a budget of these calls alone if absent. */
  readonly budget?: Pick<CallBudget, 'join'> | undefined
  /**
   * Runs the tools that answers call. Absent without tools; then such answers are final.
   *
   * @example callPath(client, { tools: createToolRunner(tools), ...limits })
   */
  readonly tools?: ToolRunner | undefined
}
