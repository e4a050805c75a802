import type { Clock } from '../port/clock.js'
import type { SharedTime } from '../port/shared-time.js'
import { type BudgetMember, type CallBudget, createCallBudget } from './call-budget.js'

/** A budget in the hands of one user of it, such as a run. */
export interface TakenBudget extends Pick<CallBudget, 'join'> {
  /** From now until the release, our limits hold for all processes that take from this time. */
  readonly share: (time: SharedTime) => void
  /** Removes all that joined here. The last user's release forgets the budget. */
  readonly release: () => void
}

interface BudgetInUse {
  readonly budget: CallBudget
  users: number
}

/** By clock: a caller with a clock of its own shares nothing. */
const inUse = new WeakMap<Clock, Map<string, BudgetInUse>>()

/**
 * The budget of a model and key, one for all users of this process at a time.
 *
 * @param id `budgetId` of the model's client. Without an id, the budget is the caller's own.
 */
export function takeBudget(id: string | undefined, clock: Clock): TakenBudget {
  const budgets = budgetsOf(clock)
  const known = id === undefined ? undefined : budgets.get(id)
  const taken = known ?? { budget: createCallBudget({ clock }), users: 0 }
  if (id !== undefined) budgets.set(id, taken)
  taken.users += 1
  const joined: BudgetMember[] = []
  const shared: (() => void)[] = []
  let isReleased = false
  return {
    join(limits) {
      const member = taken.budget.join(limits)
      joined.push(member)
      return member
    },
    share(time) {
      shared.push(taken.budget.share(time))
    },
    release() {
      if (isReleased) return
      isReleased = true
      for (const member of joined) taken.budget.leave(member)
      for (const end of shared) end()
      taken.users -= 1
      if (taken.users === 0 && id !== undefined) budgets.delete(id)
    },
  }
}

function budgetsOf(clock: Clock): Map<string, BudgetInUse> {
  const known = inUse.get(clock)
  if (known !== undefined) return known
  const budgets = new Map<string, BudgetInUse>()
  inUse.set(clock, budgets)
  return budgets
}
