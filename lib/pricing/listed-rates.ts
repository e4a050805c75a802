import type { TokenRate, TokenRates } from './token-rates.js'

/** A model by the names of the price list. */
export interface ListedModelName {
  /** Id of the provider in the list, such as `openai` or `x-ai`. */
  readonly provider: string
  /** The provider's own name of the model. */
  readonly model: string
}

/**
 * The list price of a model, from the snapshot in `@pydantic/genai-prices`. The package is imported
 * on first use (50 ms), and the network is not used.
 *
 * @returns a function of the time in milliseconds since 1970, because some prices depend on the
 * day or on the hour; undefined if the list has no price per token for the model.
 * @see https://github.com/pydantic/genai-prices for the meaning of the rates.
 */
export async function listedRates({
  provider,
  model,
}: ListedModelName): Promise<((atMs: number) => TokenRates) | undefined> {
  const { calcPrice } = await import('@pydantic/genai-prices')
  const ratesAt = (atMs: number): TokenRates | undefined => {
    const timestamp = new Date(atMs)
    const found = calcPrice({}, model, { providerId: provider, timestamp })
    return found === null ? undefined : ratesIn(found.model_price)
  }
  let minute = 0
  let rates = ratesAt(0)
  if (rates === undefined) return undefined
  // To look a price up takes 0.1 ms, too long for every row.
  return atMs => {
    const present = Math.floor(atMs / 60_000)
    if (present !== minute) {
      minute = present
      rates = ratesAt(atMs) ?? rates
    }
    return rates as TokenRates
  }
}

function ratesIn(prices: Readonly<Record<string, TokenRate | undefined>>): TokenRates | undefined {
  const { input_mtok: input, output_mtok: output } = prices
  if (input === undefined || output === undefined) return undefined
  return {
    input,
    output,
    cachedInput: prices.cache_read_mtok,
    cacheWrite: prices.cache_write_mtok,
    reasoning: prices.output_reasoning_mtok,
  }
}
