import type { TerminalOutput } from '../../host/screen-output.js'
import type { Clock } from '../../port/clock.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { durationMs, endedRows } from '../../report/batch-report.js'
import { shownInputs } from '../../report/resume-command.js'
import { costText, countText, dateText, durationText, shortCountText } from './amount-text.js'
import { columnsOf, type TableColumn, tableText } from './table-text.js'

const columns: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'INPUT', least: 12, cut: 'start', isOptional: true },
  { title: 'MODEL', least: 10, isOptional: true },
  { title: 'DONE', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'TOKENS', align: 'right', isOptional: true },
  { title: 'COST', align: 'right', isOptional: true },
  { title: 'STARTED', isOptional: true },
  { title: 'TOOK', isOptional: true },
]

/** The table of `llm batch list`: a line for each batch. Unknown values are `-`. */
export function batchTable(
  batches: readonly StoredBatch[],
  output: TerminalOutput,
  { clock, workingDirectory }: { readonly clock: Clock; readonly workingDirectory: string },
): string {
  const nowMs = clock.nowMs()
  const rows = batches.map(batch => [
    batch.id,
    batch.status,
    batch.inputFile === '-' ? 'stdin' : shownInputs(batch.inputFile, workingDirectory),
    batch.model,
    doneText(batch),
    countText(batch.failedPrompts),
    shortCountText(batch.inputTokens + batch.outputTokens),
    costCell(batch),
    dateText(batch.createdAtMs),
    durationText(durationMs(batch, nowMs)),
  ])
  const gone = batches.filter(({ isProcessGone }) => isProcessGone).map(({ id }) => id)
  const note = gone.length === 0 ? '' : `Failed because its process is gone: ${gone.join(', ')}\n`
  return tableText(columns, rows, columnsOf(output)) + note
}

/** A part of the cost is a lower bound. */
function costCell({ costUsd, unpricedAnswers }: StoredBatch): string {
  if (costUsd === undefined) return 'unknown'
  return `${unpricedAnswers === 0 ? '' : '>'}${costText(costUsd)}`
}

/** `1,234/10,000`, or `1,234` if the total is unknown. */
function doneText(batch: StoredBatch): string {
  const done = countText(endedRows(batch))
  const { totalPrompts } = batch
  return totalPrompts === undefined ? done : `${done}/${countText(totalPrompts)}`
}
