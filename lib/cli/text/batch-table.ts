import type { StoredBatch } from '../../port/stored-batch.js'
import { durationMs, endedRows } from '../../report/batch-report.js'
import { shownPath } from '../../report/resume-command.js'
import { countText, durationText } from './amount-text.js'
import { costText, dateText } from './date-text.js'
import { type TableColumn, tableText } from './table-text.js'

export interface BatchTableOptions {
  readonly nowMs: number
  readonly workingDirectory: string
  /** Columns of the terminal; absent for a pipe. */
  readonly width?: number | undefined
}

const columns: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'INPUT', least: 12, cut: 'start', isOptional: true },
  { title: 'MODEL', least: 10, isOptional: true },
  { title: 'DONE', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'COST', align: 'right', isOptional: true },
  { title: 'STARTED', isOptional: true },
  { title: 'TOOK', isOptional: true },
]

/** The table of `llm batch list`: a line for each batch. Unknown values are `-`. */
export function batchTable(batches: readonly StoredBatch[], options: BatchTableOptions): string {
  const { nowMs, workingDirectory, width } = options
  const rows = batches.map(batch => [
    batch.id,
    batch.status,
    batch.inputFile === '-' ? 'stdin' : shownPath(batch.inputFile, workingDirectory),
    batch.model,
    doneText(batch),
    countText(batch.failedPrompts),
    batch.costUsd === undefined ? '-' : costText(batch.costUsd),
    dateText(batch.createdAtMs),
    durationText(durationMs(batch, nowMs)),
  ])
  const gone = batches.filter(({ isProcessGone }) => isProcessGone).map(({ id }) => id)
  const note = gone.length === 0 ? '' : `Failed because its process is gone: ${gone.join(', ')}\n`
  return tableText(columns, rows, width) + note
}

/** `1,234/10,000`, or `1,234` if the total is unknown. */
function doneText(batch: StoredBatch): string {
  const done = countText(endedRows(batch))
  const { totalPrompts } = batch
  return totalPrompts === undefined ? done : `${done}/${countText(totalPrompts)}`
}
