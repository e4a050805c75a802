import type { TakenBudget } from '../../lib/call/budgets-in-use.js'
import { takeBudget } from '../../lib/call/budgets-in-use.js'
import { fakeClock } from '../support/fake-clock.js'
import { prompt, range } from '../support/rows.js'

/** The starts of three calls of a run that joins with a limit. */
function run(budget: TakenBudget, clock: ReturnType<typeof fakeClock>, requests?: number) {
  const startsMs: number[] = []
  const member = budget.join({ requests })
  for (const index of range(3)) {
    const onTurn = () => void startsMs.push(clock.monotonicMs())
    member.enter({ asked: prompt(index), onTurn })
  }
  return startsMs
}

describe('takeBudget', () => {
  it('lets all runs with the same model and key pass one budget', async () => {
    const clock = fakeClock()
    const first = run(takeBudget('model and key', clock), clock, 60)
    const second = run(takeBudget('model and key', clock), clock, 60)
    await clock.advance(10_000)

    expect(first).toEqual([0, 1_000, 2_000])
    expect(second).toEqual([3_000, 4_000, 5_000])
  })

  it('keeps others apart: of another key, of no key, of another clock', async () => {
    const clock = fakeClock()
    const other = fakeClock()
    run(takeBudget('model and key', clock), clock, 60)

    expect(run(takeBudget('model and another key', clock), clock, 60)).toEqual([0])
    expect(run(takeBudget(undefined, clock), clock, 60)).toEqual([0])
    expect(run(takeBudget(undefined, clock), clock, 60)).toEqual([0])
    expect(run(takeBudget('model and key', other), other, 60)).toEqual([0])
  })

  it('holds all to the lowest limit that one sets, as long as that one is there', async () => {
    const clock = fakeClock()
    const slow = takeBudget('model and key', clock)
    run(slow, clock, 6)
    const quick = run(takeBudget('model and key', clock), clock)
    await clock.advance(5_000)
    expect(quick).toEqual([])

    slow.release()
    expect(quick).toEqual([5_000, 5_000, 5_000])
  })

  it('forgets the budget with its last user', () => {
    const clock = fakeClock()
    const first = takeBudget('model and key', clock)
    const second = takeBudget('model and key', clock)
    run(first, clock, 1)
    first.release()
    first.release()
    expect(run(takeBudget('model and key', clock), clock, 1)).toEqual([])
    second.release()
  })

  it('starts afresh after its last user', () => {
    const clock = fakeClock()
    const only = takeBudget('model and key', clock)
    run(only, clock, 1)
    only.release()

    expect(run(takeBudget('model and key', clock), clock, 1)).toEqual([0])
  })
})
