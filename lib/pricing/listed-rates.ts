import type { TokenRate, TokenRates } from './token-rates.js'

/** A model by the names of the price list. */
export interface ListedModelName {
  /** Id of the provider in the list, such as `openai` or `x-ai`. */
  readonly provider: string
  /** The provider's own name of the model. */
  readonly model: string
}

/** The rates of a model, which may depend on the day or hour. Times: milliseconds since 1970. */
export interface ListedRates {
  readonly at: (atMs: number) => TokenRates
  /** All rates of the day that begins at this time. */
  readonly within: (fromMs: number) => readonly TokenRates[]
}

/** In a day, rates change at a half hour at most. */
const stepMs = 1_800_000
const stepsOfDay = 48

/**
 * The list price of a model, from the snapshot in `@pydantic/genai-prices`. The package is imported
 * on first use (50 ms), and the network is not used.
 *
 * @returns undefined if the list has no price per token for the model.
 * @see https://github.com/pydantic/genai-prices for the meaning of the rates.
 */
export async function listedRates({
  provider,
  model,
}: ListedModelName): Promise<ListedRates | undefined> {
  const { calcPrice } = await import('@pydantic/genai-prices')
  const ratesAt = (atMs: number): TokenRates | undefined => {
    const timestamp = new Date(atMs)
    const found = calcPrice({}, model, { providerId: provider, timestamp })
    return found === null ? undefined : ratesIn(found.model_price)
  }
  const first = ratesAt(0)
  if (first === undefined) return undefined
  // To look a price up takes 0.1 ms, too long for every row.
  return {
    at: kept(60_000, first, ratesAt),
    within: kept(stepMs, [first], ofDay),
  }

  function ofDay(fromMs: number): readonly TokenRates[] {
    const byText = new Map<string, TokenRates>()
    for (let step = 0; step <= stepsOfDay; step += 1) {
      const rates = ratesAt(fromMs + step * stepMs)
      if (rates !== undefined) byText.set(JSON.stringify(rates), rates)
    }
    return [...byText.values()]
  }
}

/** Looks up what holds at a time, once in so many milliseconds. */
function kept<Found>(
  everyMs: number,
  first: Found,
  find: (atMs: number) => Found | undefined,
): (atMs: number) => Found {
  let period = 0
  let found = first
  return atMs => {
    const present = Math.floor(atMs / everyMs)
    if (present !== period) {
      period = present
      found = find(atMs) ?? found
    }
    return found
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
