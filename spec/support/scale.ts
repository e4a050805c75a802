/** How many times the long matrices run: 1 in `make test`, more in `make soak`. */
export const scale = Math.max(1, Number(process.env.LLM_SPEC_SCALE ?? 1))

/** Whether this is `make soak`. In `make test`, what it alone runs is absent, and not skipped. */
export const isSoak = scale > 1

/** Further cases of a matrix, for `make soak` alone. */
export function inSoak<const Cases extends readonly unknown[]>(cases: Cases): Cases | readonly [] {
  return isSoak ? cases : []
}
