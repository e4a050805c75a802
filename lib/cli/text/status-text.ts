import { costCapText } from '../../call/bottleneck.js'
import { namedInputs } from '../../config/input-name.js'
import { printableLine } from '../../host/printable.js'
import type { StoredErrorCount } from '../../port/batch-archive.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { usdText } from '../../pricing/usd-text.js'
import { type BatchReport, endedRows, maxCostOf } from '../../report/batch-report.js'
import { shownInputs, shownPath } from '../../report/resume-command.js'
import type { Columns } from '../../row/row.js'
import { countText, dateText, durationText, pluralText } from './amount-text.js'
import { cutText } from './cut-text.js'
import { sourcesText } from './sources-text.js'
import { spentText, tokensText } from './usage-text.js'

/**
 * The text of `llm batch status`, with a final line break.
 *
 * @param width columns of the terminal; undefined for a pipe. Lines are cut to this, except the
 * command to resume.
 */
export function statusText(report: BatchReport, workingDirectory: string, width?: number): string {
  const { batch, errors, resumeCommand } = report
  const facts = factsOf(report, workingDirectory).map(
    ([name, value]) => `  ${name.padEnd(10)} ${value}`,
  )
  const lines = [
    `${batch.id}: ${stateText(batch)}`,
    ...facts,
    ...(errors.length === 0 ? [] : ['Errors:', ...errors.flatMap(errorLines)]),
  ].map(printableLine)
  const shown = width === undefined ? lines : lines.map(line => cutText(line, width))
  // A cut command could not be pasted.
  if (resumeCommand !== undefined) shown.push(resumeLine(batch, resumeCommand))
  return shown.map(line => `${line}\n`).join('')
}

/** A running batch in one line, for a log. */
export function statusLine({ batch, leftMs }: BatchReport): string {
  const parts = [
    `${batch.id} ${stateText(batch)}`,
    rowsText(batch),
    batch.failedPrompts === 0 ? '' : `${countText(batch.failedPrompts)} failed`,
    rateText(batch),
    leftMs === undefined ? '' : `${durationText(leftMs)} left`,
    batch.bottleneck ?? '',
  ]
  return printableLine(parts.filter(part => part !== '').join(' · '))
}

function stateText({ status, isProcessGone, isStopAsked, bottleneck }: StoredBatch): string {
  if (status === 'paused' && bottleneck === costCapText) return `paused, ${costCapText}`
  if (status === 'running' && isStopAsked) return 'running, asked to stop'
  return isProcessGone ? `${status}, its process is gone` : status
}

function resumeLine({ inputFile }: StoredBatch, command: string): string {
  const stdin = namedInputs(inputFile).includes('-')
    ? ' (with the same input on standard input)'
    : ''
  return `Resume with${stdin}: ${command}`
}

function factsOf(
  { batch, durationMs, leftMs }: BatchReport,
  workingDirectory: string,
): readonly (readonly [string, string])[] {
  const { outputFile, bottleneck, status } = batch
  const isRunning = status === 'running'
  const facts: (readonly [string, string | undefined])[] = [
    ['input', shownInputs(batch.inputFile, workingDirectory)],
    ['output', pathText(outputFile ?? '-', 'standard output', workingDirectory)],
    ['model', batch.model],
    [
      'started',
      `${dateText(batch.createdAtMs)}, ${isRunning ? 'for' : 'took'} ${durationText(durationMs)}`,
    ],
    ['rows', `${rowsText(batch)}: ${countsText(batch)}`],
    ['rate', isRunning ? rateText(batch) || undefined : undefined],
    ['time left', leftMs === undefined ? undefined : `about ${durationText(leftMs)}`],
    ['now', isRunning ? bottleneck : undefined],
    ['tokens', tokensText(batch).replace(/ tokens$/, '')],
    ['cost', costFact(batch)],
    ['cap', capText(batch)],
  ]
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function capText(batch: StoredBatch): string | undefined {
  const maxCostUsd = maxCostOf(batch)
  if (maxCostUsd === undefined) return undefined
  const { unsettledUsd } = batch
  const lost = `; calls without an answer may have cost up to ${usdText(unsettledUsd ?? 0)} more`
  return `${usdText(maxCostUsd)} (--max-cost)${unsettledUsd === undefined ? '' : lost}`
}

function pathText(path: string, stream: string, workingDirectory: string): string {
  return path === '-' ? stream : shownPath(path, workingDirectory)
}

function rowsText(batch: StoredBatch): string {
  const done = endedRows(batch)
  const { totalPrompts } = batch
  return totalPrompts === undefined
    ? pluralText(done, 'row')
    : `${countText(done)} of ${pluralText(totalPrompts, 'row')}`
}

/** In words if nothing was paid for calls, as with a model on the own machine. */
function costFact(batch: StoredBatch): string | undefined {
  const { costUsd, unpricedAnswers, inputTokens, completedPrompts, model } = batch
  if (costUsd === 0) return inputTokens + completedPrompts === 0 ? undefined : 'nothing'
  const remedy = `state the price of ${model} under prices: in batch-config.yaml`
  const spent = spentText(batch).replace(/^cost /, '')
  return unpricedAnswers === 0 ? spent : `${spent}: ${remedy}`
}

function countsText(batch: StoredBatch): string {
  const { completedPrompts, cachedPrompts: cached, dedupedPrompts: deduped } = batch
  const parts = [
    `${countText(completedPrompts)} answered${sourcesText({ recalled: 0, cached, deduped })}`,
    `${countText(batch.failedPrompts)} failed`,
    `${countText(batch.skippedPrompts)} skipped`,
  ]
  return parts.join(', ')
}

function rateText({ ratePerMinute }: StoredBatch): string {
  if (ratePerMinute === undefined) return ''
  const rate = ratePerMinute < 10 ? ratePerMinute.toFixed(1) : countText(Math.round(ratePerMinute))
  return `${rate} rows a minute`
}

function errorLines(error: StoredErrorCount): string[] {
  const columns = columnsText(error.columns)
  const row = `row ${countText(error.firstRowIndex + 1)}`
  return [
    `  ${countText(error.count)} × ${error.code}: ${error.message}`,
    `      as ${row}${columns === '' ? '' : `: ${columns}`}`,
  ]
}

/** `name=Ada, age=36`, with only the start of each value, because a value may be a whole book. */
function columnsText(columns: Columns): string {
  const texts = Object.entries(columns).map(([name, value]) => {
    const text = value !== null && typeof value === 'object' ? '…' : String(value)
    return `${name}=${text.length > 60 ? `${text.slice(0, 60)}…` : text}`
  })
  return cutText(printableLine(texts.join(', ')), 300)
}
