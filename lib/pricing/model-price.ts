import type { Usage } from '../row/answer.js'

/** What the tokens of a model cost. */
export interface ModelPrice {
  /** `free` for a model on the user's own machine. An unknown price is never taken for $0. */
  readonly kind: 'priced' | 'free' | 'unknown'
  /** Where the price is from, or how to state one, in words for people. */
  readonly basis: string
  /** US dollars of one call; 0 if the model is free, undefined if the price is unknown. */
  readonly costUsd: (usage: Usage) => number | undefined
  /**
   * The most that a call costs whose answer comes within a day; absent if that is `costUsd`. A
   * price of some hours is less than that of the hour in which a call may end.
   */
  readonly mostCostUsd?: ((usage: Usage) => number | undefined) | undefined
  /** The share that the provider's batch API takes off, from 0 to 1, if the user states a share. */
  readonly batchDiscount?: number | undefined
}
