import type { Spend } from '../port/batch-store.js'

export interface SpendLedgerOptions {
  /** The most that the batch may cost, in US dollars. */
  readonly capUsd: number
  /** The spend of earlier runs. */
  readonly before?: Spend | undefined
}

/**
 * Keeps the sum of what is billed and of what is reserved at or below a cap.
 *
 * A call reserves a sure bound of its cost, and not a likely cost: any rule that holds less than
 * the sure bound lets more calls start only where a surprise of all of them would pass the cap.
 *
 * Money is counted in whole nanodollars, rounded up. So sums are exact, and never too small.
 */
export interface SpendLedger {
  /**
   * Takes room for a call.
   *
   * @returns what is reserved, for the methods that end the call; undefined if there is no room.
   */
  readonly reserve: (worstUsd: number) => Reserved | undefined
  /**
   * Ends a call with an answer.
   *
   * @param billed what the provider billed, and what its price list says, if the provider itself
   * stated the cost.
   */
  readonly settle: (reserved: Reserved, billed: Billed) => void
  /** Ends a call for which nothing was billed. */
  readonly release: (reserved: Reserved) => void
  /** Ends a call that may have been billed: its room stays taken. */
  readonly lose: (reserved: Reserved) => void
  /** Calls that hold a reservation. */
  readonly openCalls: () => number
  readonly spend: () => Spend
  /** What a call with this bound would reserve now, in US dollars. */
  readonly priceOf: (worstUsd: number) => number
}

/** Nanodollars that a call reserves, before the ledger's factor. */
export type Reserved = number

export interface Billed {
  readonly usd: number
  readonly listedUsd?: number | undefined
}

export function spendLedger({ capUsd, before }: SpendLedgerOptions): SpendLedger {
  const cap = Math.floor(capUsd * nanosPerUsd * (1 + rounding))
  let settled = nanosOf(before?.settledUsd ?? 0)
  let lost = nanosOf(before?.unsettledUsd ?? 0)
  /** The sum of open reservations, before the factor. */
  let open = 0
  let openCalls = 0
  /**
   * How many times its bound a call may cost. Above 1 only after a surprise: a provider that bills
   * more than its list prices, or ignores the limit of an answer. It counts for open calls too.
   */
  let factor = 1

  return {
    reserve(worstUsd) {
      const reserved = nanosOf(worstUsd)
      if (settled + lost + heldFor(open + reserved) > cap) return undefined
      open += reserved
      openCalls += 1
      return reserved
    },
    settle(reserved, { usd, listedUsd = 0 }) {
      close(reserved)
      settled += nanosOf(usd)
      if (usd > 0 && listedUsd > 0) factor = Math.max(factor, usd / listedUsd)
      if (reserved > 0) factor = Math.max(factor, nanosOf(usd) / reserved)
    },
    release: close,
    lose(reserved) {
      close(reserved)
      lost += heldFor(reserved)
    },
    openCalls: () => openCalls,
    spend: () => ({ settledUsd: usdOf(settled), unsettledUsd: usdOf(lost + heldFor(open)) }),
    priceOf: worstUsd => usdOf(heldFor(nanosOf(worstUsd))),
  }

  function close(reserved: Reserved): void {
    open -= reserved
    openCalls -= 1
  }

  function heldFor(reserved: number): number {
    return factor === 1 ? reserved : Math.ceil(reserved * factor)
  }
}

const nanosPerUsd = 1e9
/** Two roundings of floating point: $0.1 is 100,000,000 nanodollars, and not one more. */
const rounding = 2 ** -51

function nanosOf(usd: number): number {
  return Math.ceil(usd * nanosPerUsd * (1 - rounding))
}

function usdOf(nanos: number): number {
  return nanos / nanosPerUsd
}
