import { printableLine } from '../../host/printable.js'
import { usdText } from '../../pricing/usd-text.js'
import { type ErrorCount, rowsAsked } from '../../row/tally.js'
import type { BatchSummary } from '../../run/progress.js'
import { countText, durationText, pluralText, rowRateText } from './amount-text.js'
import { sourcesText } from './sources-text.js'
import { spentText, tokensText } from './usage-text.js'

const shownErrors = 10

/** The summary of a run, in lines: rows, tokens, time, errors by kind, output. */
export function summaryText(
  summary: BatchSummary,
  asCalled: (text: string) => string = text => text,
): string {
  const { tally } = summary
  const kinds = [...tally.errors].sort((a, b) => b.count - a.count)
  const further = kinds.slice(shownErrors).reduce((sum, { count }) => sum + count, 0)
  const lines = [
    rowsText(summary),
    `${workText(summary)}${costPart(summary)}`,
    ...priceLines(summary),
    ...capLines(summary),
    ...kinds.slice(0, shownErrors).flatMap(kind => errorLines(kind, summary, asCalled)),
    ...(further === 0 ? [] : [`  ${pluralText(further, 'more failed row')} of other kinds`]),
    ...summary.notes.map(printableLine),
    ...outputLines(summary),
    ...formulaLines(summary),
    ...endingLines(summary),
  ]
  return `${lines.join('\n')}\n`
}

/** No line if there is no output of this run. */
function outputLines({ outputPath, output }: BatchSummary): string[] {
  if (outputPath === undefined || output === 'none') return []
  const asBefore = output === 'as-before' ? ' (as before)' : ''
  return [`Output: ${printableLine(outputPath)}${asBefore}`]
}

/**
 * Warns of formulas: an output has each answer as it is, which is right for programs but not for
 * spreadsheets.
 */
function formulaLines({ formulas }: BatchSummary): string[] {
  if (formulas === 0) return []
  return [`${pluralText(formulas, 'answer')} would run in a spreadsheet: see --formula-guard`]
}

/** Warns of answers that nobody knows to be whole. */
function endingLines({ tally }: BatchSummary): string[] {
  const { unknownEndings } = tally
  if (unknownEndings === 0) return []
  const answers = pluralText(unknownEndings, 'answer')
  return [`${answers} ended for a reason that is not known, and may be cut`]
}

function rowsText({ rowsRead, tally }: BatchSummary): string {
  const { answered, failed, skipped } = tally
  const parts = [
    `${countText(answered)} answered${sourcesText(tally)}`,
    `${countText(failed)} failed`,
    `${countText(skipped)} skipped`,
  ]
  return `${pluralText(rowsRead, 'row')} read = ${parts.join(' + ')}`
}

function workText({ tally, durationMs }: BatchSummary): string {
  // Other answers are not counted: they would make a run look faster than its calls.
  const done = rowsAsked(tally)
  const perSecond = durationMs <= 0 ? 0 : (done / durationMs) * 1000
  const rate = perSecond === 0 ? '' : ` (${rowRateText(perSecond)})`
  return `${durationText(durationMs)}${rate}, ${tokensText(tally)}`
}

/** Nothing is said of the cost if nothing was asked. A free model says so in words. */
function costPart({ tally, price }: BatchSummary): string {
  const { costUsd } = tally
  if (rowsAsked(tally) === 0) return ''
  if (costUsd === 0 && price.kind !== 'priced') {
    return price.kind === 'free' ? ', costs nothing' : ''
  }
  return `, ${spentText(tally)}`
}

/** How to state a price, if an answer's cost is unknown. */
function priceLines({ tally, price }: BatchSummary): string[] {
  if (tally.unpricedAnswers === 0 || price.kind !== 'unknown') return []
  return [`  ${printableLine(price.basis)}`]
}

/** What all runs of the batch have cost, of the cap. */
function capLines({ capped }: BatchSummary): string[] {
  if (capped === undefined) return []
  const { settledUsd, unsettledUsd, maxCostUsd } = capped
  const lost =
    unsettledUsd === 0
      ? ''
      : `; calls without an answer may have cost up to ${usdText(unsettledUsd)} more`
  return [`Spent ${usdText(settledUsd)} of --max-cost ${usdText(maxCostUsd)}${lost}`]
}

/** An error with its remedy, unless the stop reason below has the same remedy. */
function errorLines(
  kind: ErrorCount,
  { stopReason }: BatchSummary,
  asCalled: (text: string) => string,
): string[] {
  const { remedy } = kind
  const isSaid = remedy === undefined || stopReason?.remedy?.includes(remedy)
  return isSaid ? [errorText(kind)] : [errorText(kind), `      ${printableLine(asCalled(remedy))}`]
}

function errorText({ code, message, count, firstRowIndex }: ErrorCount): string {
  const which =
    count === 1
      ? `row ${countText(firstRowIndex + 1)}`
      : `first in row ${countText(firstRowIndex + 1)}`
  return `  ${countText(count)} × ${code}: ${printableLine(message)} (${which})`
}
