import fc from 'fast-check'
import { BatchError } from '../../lib/error/batch-error.js'
import { scale } from '../support/scale.js'

/**
 * The seed of this process. In `make test` the same each time; in `make soak` another each time,
 * and in the name of each spec, since one that hangs says nothing more. Again:
 * `LLM_SPEC_SEED=123 make soak ONLY=spec/fuzz`.
 */
export const seed = Number(process.env.LLM_SPEC_SEED ?? (scale > 1 ? Date.now() % 1e9 : 1))

/**
 * How long this process may compute for one case, and what the case may hold when it ends. Neither
 * is near what is usual. Time that passes would tell how busy the machine is: a workbook that comes
 * in thousands of pieces waits for the disk as often.
 */
const mostCpuMs = 10_000
const mostBytes = 300 * 1024 * 1024
/** A case that has not ended by then hangs. */
const hangMs = 600_000

/**
 * Tries so many cases (times the scale) and proves that each ends in a value or a clear error, in
 * time and room.
 */
export async function holdForAll<T>(
  given: fc.Arbitrary<T>,
  cases: number,
  act: (value: T) => unknown,
): Promise<void> {
  const property = fc.asyncProperty(given, async value => {
    const before = held()
    const cpuBefore = process.cpuUsage()
    try {
      await act(value)
    } catch (error) {
      expectClear(error)
    }
    const { user, system } = process.cpuUsage(cpuBefore)
    expect((user + system) / 1000).toBeLessThan(mostCpuMs)
    expect(held() - before).toBeLessThan(mostBytes)
  })
  const tried = await fc.check(property, { seed, numRuns: cases * scale, timeout: hangMs })
  if (tried.failed) throw new Error(failureText(tried))
}

/**
 * Whether an error says what is wrong, in so many words, and no more. An expectation that was not
 * met is passed on.
 */
export function expectClear(error: unknown): void {
  if (!BatchError.isInstance(error)) throw error
  expect(error.message).not.toMatch(/undefined|\[object|^\s*$/)
  expect(error.message.length + (error.remedy?.length ?? 0)).toBeLessThan(9000)
}

/** What is needed to see it again, and the beginning of what was tried, which may be long. */
function failureText<T>(details: fc.RunDetails<T>): string {
  const { counterexamplePath: path, counterexample, errorInstance } = details
  const tried = fc.stringify(counterexample).slice(0, 2000)
  return `seed ${seed}, path ${path}: ${errorInstance}\nwith ${tried}`
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
