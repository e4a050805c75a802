import { z } from 'zod'

const rateSchema = z.number().min(0)
/** A stated price, in US dollars per million tokens. */
export const priceSchema = z.strictObject({
  input: rateSchema,
  output: rateSchema,
  /** Input tokens that are read from a cache; as `input` when absent. */
  cachedInput: rateSchema.optional(),
  /** Input tokens that are written to a cache; as `input` when absent. */
  cacheWrite: rateSchema.optional(),
  /** The share that a provider's batch API takes off. */
  batchDiscount: z.number().min(0).max(1).optional(),
})
