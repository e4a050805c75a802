/** How many times the long matrices run: 1 in `make test`, more in `make soak`. */
export const scale = Math.max(1, Number(process.env.LLM_SPEC_SCALE ?? 1))

/** Further cases of a matrix, which `make soak` alone runs; `make test` has none of them. */
export function inSoak<const Cases extends readonly unknown[]>(cases: Cases): Cases | readonly [] {
  return scale > 1 ? cases : []
}
