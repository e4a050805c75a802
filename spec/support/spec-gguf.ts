/**
 * The GGUF file that specs run, which `LLM_SPEC_GGUF` names: a small model that follows
 * instructions. Both it and node-llama-cpp are got by the scripts beside this file; without them
 * such specs are skipped, but not in CI.
 */
export const specGguf = process.env.LLM_SPEC_GGUF ?? ''

export const describeWithGguf =
  specGguf !== '' || process.env.CI === 'true' ? describe : describe.skip

/**
 * A model's answers take as long as the machine lets them: a bound against hanging, not an
 * expectation.
 */
export const patienceMs = 300_000
