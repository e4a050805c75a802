import type { Usage } from '../row/answer.js'
import { listedRates } from './listed-rates.js'
import type { ModelPrice } from './model-price.js'
import { ratesText } from './rates-text.js'
import { type TokenRates, tokensCostUsd } from './token-rates.js'

/** A price that the user states, in US dollars per million tokens. */
export interface StatedPrice {
  readonly input: number
  readonly output: number
  /** As `input` if absent. */
  readonly cachedInput?: number | undefined
  /** As `input` if absent. */
  readonly cacheWrite?: number | undefined
  /** The share that a provider's batch API takes off, from 0 to 1. */
  readonly batchDiscount?: number | undefined
}

/** Where a model is asked, as far as its price depends on the place. */
export type PricePlace =
  /** On the user's own machines; `why` says so in words for people. */
  | { readonly kind: 'own'; readonly why: string }
  | {
      readonly kind: 'listed'
      /** Id of the provider in the price list. */
      readonly provider: string
      /** The provider's name for people. */
      readonly title: string
      readonly model: string
      /** The host that is asked instead of the provider, and may charge a different price. */
      readonly gateway?: string | undefined
    }
  /** No list can have the price; `why` says why not, in words for people. */
  | { readonly kind: 'unlisted'; readonly why: string }

export interface PriceModelOptions {
  /** The model's id, for messages. */
  readonly modelId: string
  /** Comes before any list. */
  readonly stated?: StatedPrice | undefined
  readonly place: PricePlace
  /** Milliseconds since 1970: some list prices depend on the day or on the hour. */
  readonly nowMs: () => number
}

/**
 * Finds the price of a model, once a run: the stated price, else nothing for a model on the user's
 * own machine, else the list price. The list is only read if it is needed.
 */
export async function priceModel(options: PriceModelOptions): Promise<ModelPrice> {
  const { modelId, stated, place, nowMs } = options
  if (stated !== undefined) return statedPrice(modelId, stated)
  switch (place.kind) {
    case 'own':
      return free(place.why)
    case 'unlisted':
      return unknown(modelId, place.why)
    case 'listed': {
      const { title, model, gateway } = place
      const listed = await listedRates(place)
      if (listed === undefined) return unknown(modelId, `the list has no price of ${title} for it`)
      const rates = ratesText(listed.at(nowMs()))
      const doubt =
        gateway === undefined
          ? ''
          : `; the calls go to ${gateway}, which may charge a different price`
      return {
        kind: 'priced',
        basis: `${title}'s list price of ${model}: ${rates}${doubt}`,
        costUsd: usage => tokensCostUsd(listed.at(nowMs()), usage),
        mostCostUsd: usage => highestCostUsd(listed.within(nowMs()), usage),
      }
    }
  }
}

function highestCostUsd(all: readonly TokenRates[], usage: Usage): number | undefined {
  const costs = all.map(rates => tokensCostUsd(rates, usage))
  return costs.reduce((most, usd) => Math.max(most ?? 0, usd ?? 0), undefined)
}

function statedPrice(modelId: string, rates: StatedPrice): ModelPrice {
  const { input, output, cachedInput = 0, cacheWrite = 0, batchDiscount } = rates
  const isFree = Math.max(input, output, cachedInput, cacheWrite) === 0
  if (isFree) return free(`your own prices say that ${modelId} costs nothing`)
  return {
    kind: 'priced',
    basis: `your own price of ${modelId}: ${ratesText(rates)}`,
    costUsd: (usage: Usage) => tokensCostUsd(rates satisfies TokenRates, usage),
    batchDiscount,
  }
}

function free(why: string): ModelPrice {
  return { kind: 'free', basis: why, costUsd: () => 0 }
}

function unknown(modelId: string, why: string): ModelPrice {
  // In YAML, a name such as `ft:gpt-4o` needs quotes.
  const name = /^[\w./-]+$/.test(modelId) ? modelId : JSON.stringify(modelId)
  return {
    kind: 'unknown',
    basis: `the price of ${modelId} is not known: ${why}. State the price in batch-config.yaml, in US dollars per million tokens: prices: {${name}: {input: 1.5, output: 6}}`,
    costUsd: () => undefined,
  }
}
