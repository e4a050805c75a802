import type { ReplyHeaders } from '../../throttle/parse-rate-limits.js'
import { recordOf } from '../error-reply/provider-error.js'

/**
 * US dollars that a gateway itself says a call cost: OpenRouter's `usage.cost`, or LiteLLM's header
 * `x-litellm-response-cost`. A cost that makes no sense is ignored.
 *
 * @see https://openrouter.ai/docs/use-cases/usage-accounting
 * @see https://docs.litellm.ai/docs/proxy/response_headers
 */
export function statedCost(
  body: Readonly<Record<string, unknown>>,
  headers: ReplyHeaders,
): number | undefined {
  const usage = recordOf(body.usage)
  if (isCost(usage?.cost)) return usage.cost + upstreamCost(usage)
  const header = headers['x-litellm-response-cost']
  // The header is absent in nearly every reply. An empty header would read as 0.
  if (header === undefined || !/^\d/.test(header)) return undefined
  const stated = Number(header)
  return isCost(stated) ? stated : undefined
}

/** With a key of the user's own for the provider, `cost` is only OpenRouter's fee. */
function upstreamCost({ is_byok, cost_details }: Readonly<Record<string, unknown>>): number {
  const cost = is_byok === true ? recordOf(cost_details)?.upstream_inference_cost : undefined
  return isCost(cost) ? cost : 0
}

/** A single call does not cost a million dollars. */
function isCost(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e6
}
