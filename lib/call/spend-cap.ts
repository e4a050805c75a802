import { BatchError, runError } from '../error/batch-error.js'
import type { Spend } from '../port/batch-store.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { ModelPrice } from '../pricing/model-price.js'
import { type Reserved, spendLedger } from '../pricing/spend-ledger.js'
import { usdText } from '../pricing/usd-text.js'
import type { Answer } from '../row/answer.js'
import type { Prompt } from '../row/prompt.js'
import type { StopSwitch } from './stop-switch.js'

/** The most that a batch may cost, and what a call may cost. */
export interface CostLimit {
  readonly maxCostUsd: number
  /** The most that one call with a prompt can cost, in US dollars. */
  readonly worstCallUsd: (prompt: Prompt) => number
}

export interface SpendCapOptions extends CostLimit {
  readonly price: Pick<ModelPrice, 'costUsd'>
  /** The batch with the spend of earlier runs. */
  readonly before?: Pick<StoredBatch, 'costUsd' | 'unsettledUsd'> | undefined
  /** Gets a stop request if no call has room any more. */
  readonly stop: StopSwitch
}

/** A cap, and the spend of all runs so far. */
export type CappedSpend = Spend & Pick<CostLimit, 'maxCostUsd'>

/** A row whose call has a reservation. */
export interface ReservingRow {
  /** What the call sends. */
  readonly asked: Prompt
  reserved: Reserved
}

/**
 * The way of one call under the cap: reserved before it starts, and ended at most once. A call that
 * is broken off with its run is not ended, and so counts for what it may cost.
 */
export interface CallSpend {
  /**
   * Reserves the most that the row's next call can cost. Returns false if there is no room: then
   * the call may start when another has ended, or never, and then the run is stopped.
   */
  readonly reserve: (row: ReservingRow) => boolean
  /** The call did not start after all. */
  readonly giveBack: (row: ReservingRow) => void
  readonly answered: (row: ReservingRow, answer: Answer) => void
  readonly failed: (row: ReservingRow, error: BatchError) => void
  /** Whether a call waits for room. */
  readonly isBinding: () => boolean
}

export interface SpendCap extends CallSpend {
  /**
   * Sets the function that makes a spend safe in the same turn, before a call starts that could
   * pass the spend that is safe already.
   */
  readonly secureWith: (secure: (spend: Spend) => void) => void
  /** What is to be made safe together with recorded outcomes. */
  readonly toRecord: () => Spend
  readonly spend: () => CappedSpend
}

/** Without a cap, every call has room, and nothing is counted. */
export const noSpendCap: CallSpend = {
  reserve: () => true,
  giveBack: () => {},
  answered: () => {},
  failed: () => {},
  isBinding: () => false,
}

/**
 * Starts a call only if the batch stays at or below its cap whatever the calls in flight will cost.
 *
 * What calls in flight may cost survives a kill. An amount that is safe covers all later calls that
 * fit into it, so a run at its usual pace makes amounts safe only together with its outcomes.
 */
export function spendCap(options: SpendCapOptions): SpendCap {
  const { maxCostUsd, worstCallUsd, price, before, stop } = options
  const { costUsd: settledUsd = 0, unsettledUsd = 0 } = before ?? {}
  const ledger = spendLedger({ capUsd: maxCostUsd, before: { settledUsd, unsettledUsd } })
  let secure: (spend: Spend) => void = () => {}
  /** The most US dollars of the next process's record: settled and unsettled together. */
  let safeUsd = settledUsd + unsettledUsd
  /** The most that was unsettled at once. */
  let peakUsd = unsettledUsd
  let isBinding = false

  return {
    reserve(row) {
      const worstUsd = worstCallUsd(row.asked)
      const reserved = ledger.reserve(worstUsd)
      isBinding = reserved === undefined
      if (reserved === undefined) {
        // Each call in flight may give room back when it ends.
        if (ledger.openCalls() === 0) stop.request(costCapReached(worstUsd))
        return false
      }
      if (!isSafe()) {
        ledger.release(reserved)
        return false
      }
      row.reserved = reserved
      return true
    },
    giveBack: ({ reserved }) => ledger.release(reserved),
    answered({ reserved }, answer) {
      const listedUsd = listedCostUsd(answer)
      const usd = answer.statedCostUsd ?? listedUsd
      // A provider that counts nothing bills all the same.
      if (usd === undefined) ledger.lose(reserved)
      else ledger.settle(reserved, { usd, listedUsd })
    },
    failed({ reserved }, { mayBeBilled }) {
      if (mayBeBilled) ledger.lose(reserved)
      else ledger.release(reserved)
    },
    isBinding: () => isBinding,
    secureWith(given) {
      secure = given
    },
    toRecord() {
      const { settledUsd, unsettledUsd } = ledger.spend()
      // As much as before, so that the next calls fit, but no more than there is room for.
      const mostUsd = Math.max(unsettledUsd, Math.min(peakUsd, maxCostUsd - settledUsd))
      safeUsd = settledUsd + mostUsd
      return { settledUsd, unsettledUsd: mostUsd }
    },
    spend: () => ({ ...ledger.spend(), maxCostUsd }),
  }

  function listedCostUsd({ usage }: Answer): number | undefined {
    const isCounted = usage.inputTokens !== undefined && usage.outputTokens !== undefined
    return isCounted ? price.costUsd(usage) : undefined
  }

  /** Makes the present spend safe. Returns false if that is not possible, which stops the run. */
  function isSafe(): boolean {
    const spend = ledger.spend()
    const { settledUsd, unsettledUsd } = spend
    peakUsd = Math.max(peakUsd, unsettledUsd)
    if (settledUsd + unsettledUsd <= safeUsd) return true
    try {
      secure(spend)
    } catch (error) {
      if (!BatchError.isInstance(error)) throw error
      stop.request(error)
      return false
    }
    safeUsd = settledUsd + unsettledUsd
    return true
  }

  function costCapReached(worstUsd: number): BatchError {
    const { settledUsd, unsettledUsd } = ledger.spend()
    const lost =
      unsettledUsd === 0
        ? ''
        : `, calls without an answer may have cost up to ${usdText(unsettledUsd)}`
    const next = usdText(ledger.priceOf(worstUsd))
    return runError(
      'COST_CAP_REACHED',
      `No room under --max-cost ${usdText(maxCostUsd)}: ${usdText(settledUsd)} is spent${lost}, and the next call may cost up to ${next}`,
      settledUsd === 0
        ? 'Resume with a higher --max-cost, or start again with --restart and shorter answers: -o max_tokens N.'
        : 'Resume with a higher --max-cost.',
    )
  }
}
