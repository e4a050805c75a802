import stringWidth from 'string-width'
import { bottleneckText } from '../../call/bottleneck.js'
import { printableLine } from '../../host/printable.js'
import { rowsDone } from '../../row/tally.js'
import { type BatchProgress, expectedRows } from '../../run/progress.js'
import {
  barText,
  bytesText,
  countText,
  durationText,
  pluralText,
  rowRateText,
  shortCountText,
} from './amount-text.js'
import { cutText } from './cut-text.js'
import { shortSpentText, shortTokensText } from './usage-text.js'

const separator = ' · '
const barWidths = [24, 12]

/**
 * A run in one line that fits: bar, rows done, failures, calls in flight, rows a second, time left,
 * bottleneck, last error and next attempt, tokens, cost.
 *
 * If there is little room, parts are left out in this order: kinds of tokens, all tokens, the cost,
 * half of the bar, the calls in flight, the last error, the bottleneck, the rate, the bar, the time
 * left. At last the line is cut.
 *
 * @param columns columns of the terminal.
 * @param rowsPerSecond recent rows per second; undefined if unknown.
 */
export function progressLine(
  progress: BatchProgress,
  columns: number,
  rowsPerSecond: number | undefined,
  { hasBar = true }: { readonly hasBar?: boolean } = {},
): string {
  const fraction = hasBar ? doneFraction(progress) : undefined
  const bars = fraction === undefined ? [''] : barWidths.map(width => barText(fraction, width))
  const counts = countsText(progress)
  const rate = rowsPerSecond === undefined ? '' : rowRateText(rowsPerSecond)
  const left = timeLeftText(progress, rowsPerSecond)
  const held = progress.isStopping
    ? `stopping: ${pluralText(progress.callsInFlight, 'call')} in flight`
    : heldText(progress)
  const flight = progress.isStopping ? '' : inFlightText(progress)
  const trouble = retryingText(progress)
  // The next attempt is in both.
  const isWait = progress.bottleneck?.kind === 'wait' && !progress.isStopping
  const bottleneck = [isWait && trouble !== '' ? '' : held, trouble]
    .filter(part => part !== '')
    .join(separator)
  const [wide = '', narrow = ''] = bars
  const { tally } = progress
  const spent = shortSpentText(tally)
  const lines = [
    [wide, counts, flight, rate, left, bottleneck, shortTokensText(tally), spent],
    [wide, counts, flight, rate, left, bottleneck, tokensText(progress), spent],
    [wide, counts, flight, rate, left, bottleneck, spent],
    [wide, counts, flight, rate, left, bottleneck],
    [narrow, counts, flight, rate, left, bottleneck],
    [narrow, counts, rate, left, bottleneck],
    [narrow, counts, rate, left, held],
    [narrow, counts, rate, left],
    [narrow, counts, left],
    [counts, left],
    [counts],
  ].map(parts => parts.filter(part => part !== '').join(separator))
  return (
    lines.find(line => stringWidth(line) <= columns) ??
    `${counts.slice(0, Math.max(0, columns - 1))}…`
  )
}

function inFlightText({ callsInFlight }: BatchProgress): string {
  return callsInFlight === 0 ? '' : `${countText(callsInFlight)} in flight`
}

/** What holds the run back. Of one call at a time, what to do about it. */
function heldText({ bottleneck, callsInFlight }: BatchProgress): string {
  const isOneByOne =
    bottleneck?.kind === 'concurrency' && bottleneck.found === undefined && callsInFlight <= 1
  return isOneByOne ? 'faster with --concurrency 5' : (bottleneckText(bottleneck) ?? '')
}

/** Characters of an error that the line shows. */
const longestError = 80

function retryingText({ retrying, isStopping }: BatchProgress): string {
  if (retrying === undefined || isStopping) return ''
  const { error, ms } = retrying
  const when = Number.isFinite(ms) ? `, next attempt in ${Math.ceil(ms / 1000)} s` : ''
  return `last error: ${cutText(printableLine(error), longestError)}${when}`
}

/** Rows done, and the total if known. */
function doneFraction(progress: BatchProgress): number | undefined {
  const total = expectedRows(progress)
  if (total === undefined) return undefined
  return total === 0 ? 1 : Math.min(1, rowsDone(progress.tally) / total)
}

function countsText({ rowsTotal, bytesRead, bytesTotal, tally }: BatchProgress): string {
  const done = countText(rowsDone(tally))
  const rows = rowsTotal === undefined ? `${done} rows` : `${done}/${countText(rowsTotal)} rows`
  const isBytesShown = rowsTotal === undefined && bytesTotal !== undefined
  const bytes = isBytesShown ? `${separator}${bytesText(bytesRead, bytesTotal)} read` : ''
  const failed = tally.failed === 0 ? '' : `${separator}${countText(tally.failed)} failed`
  return rows + bytes + failed
}

function timeLeftText(progress: BatchProgress, rowsPerSecond: number | undefined): string {
  const total = expectedRows(progress)
  if (total === undefined || !rowsPerSecond) return ''
  const rowsLeft = Math.max(0, total - rowsDone(progress.tally))
  if (rowsLeft === 0) return ''
  const leftMs = Math.max((rowsLeft / rowsPerSecond) * 1000, progress.leastLeftMs ?? 0)
  return `${durationText(leftMs)} left`
}

function tokensText({ tally }: BatchProgress): string {
  const tokens = tally.inputTokens + tally.outputTokens
  return tokens === 0 ? '' : `${shortCountText(tokens)} tokens`
}
