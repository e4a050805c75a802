/** How many times the long matrices run: 1 in `make test`, more in `make soak`. */
export const scale = Math.max(1, Number(process.env.LLM_SPEC_SCALE ?? 1))
