import { bottleneckText } from '../../call/bottleneck.js'
import { rowsDone } from '../../row/tally.js'
import { type BatchProgress, expectedRows } from '../../run/progress.js'
import {
  barText,
  bytesText,
  countText,
  durationText,
  pluralText,
  rateText,
  shortCountText,
} from './amount-text.js'
import { shortSpentText, shortTokensText } from './usage-text.js'

const separator = ' · '
const barWidths = [24, 12]

/**
 * A run in one line that fits: bar, rows, failures, rows a second, time left, bottleneck, tokens,
 * cost.
 *
 * If there is little room, parts are left out in this order: kinds of tokens, all tokens, the cost,
 * half of the bar, the bottleneck, the rate, the bar, the time left. At last the line is cut.
 *
 * @param columns columns of the terminal.
 * @param rowsPerSecond recent rows per second; undefined if unknown.
 */
export function progressLine(
  progress: BatchProgress,
  columns: number,
  rowsPerSecond: number | undefined,
): string {
  const fraction = doneFraction(progress)
  const bars = fraction === undefined ? [''] : barWidths.map(width => barText(fraction, width))
  const counts = countsText(progress)
  const rate = rowsPerSecond === undefined ? '' : `${rateText(rowsPerSecond)} rows/s`
  const left = timeLeftText(progress, rowsPerSecond)
  const bottleneck = progress.isStopping
    ? `stopping: ${pluralText(progress.callsInFlight, 'call')} in flight`
    : (bottleneckText(progress.bottleneck) ?? '')
  const [wide = '', narrow = ''] = bars
  const { tally } = progress
  const spent = shortSpentText(tally)
  const lines = [
    [wide, counts, rate, left, bottleneck, shortTokensText(tally), spent],
    [wide, counts, rate, left, bottleneck, tokensText(progress), spent],
    [wide, counts, rate, left, bottleneck, spent],
    [wide, counts, rate, left, bottleneck],
    [narrow, counts, rate, left, bottleneck],
    [narrow, counts, rate, left],
    [narrow, counts, left],
    [counts, left],
    [counts],
  ].map(parts => parts.filter(part => part !== '').join(separator))
  return (
    lines.find(line => line.length <= columns) ?? `${counts.slice(0, Math.max(0, columns - 1))}…`
  )
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
