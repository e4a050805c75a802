import type { TerminalOutput } from '../../host/screen-output.js'
import type { Clock } from '../../port/clock.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { durationMs, endedRows } from '../../report/batch-report.js'
import { shownInputs, shownPath } from '../../report/resume-command.js'
import { costText, countText, dateText, durationText, shortCountText } from './amount-text.js'
import { cutText } from './cut-text.js'
import { columnsOf, type TableColumn, tableText } from './table-text.js'

/** In the order of importance: a narrow terminal has only the first columns. */
const columns: readonly TableColumn[] = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'DONE', align: 'right', isOptional: true },
  { title: 'FAILED', align: 'right', isOptional: true },
  { title: 'STARTED', isOptional: true },
  { title: 'TOOK', isOptional: true },
  { title: 'MODEL', least: 10, isOptional: true },
  { title: 'INPUT', least: 12, cut: 'start', isOptional: true },
  { title: 'OUTPUT', least: 12, cut: 'start', isOptional: true },
  { title: 'TOKENS', align: 'right', isOptional: true },
  { title: 'COST', align: 'right', isOptional: true },
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
    doneText(batch),
    countText(batch.failedPrompts),
    dateText(batch.createdAtMs),
    durationText(durationMs(batch, nowMs)),
    batch.model,
    batch.inputFile === '-' ? 'stdin' : shownInputs(batch.inputFile, workingDirectory),
    outputCell(batch, workingDirectory),
    shortCountText(batch.inputTokens + batch.outputTokens),
    costCell(batch),
  ])
  const gone = batches.filter(({ isProcessGone }) => isProcessGone).map(({ id }) => id)
  const note = gone.length === 0 ? '' : `Failed because its process is gone: ${gone.join(', ')}\n`
  const width = columnsOf(output)
  const lines = tableText(columns, rows, width).split(/(?<=\n)/)
  // An id may be wider than a narrow terminal.
  const shown =
    width === undefined ? lines : lines.map(line => `${cutText(line.trimEnd(), width)}\n`)
  return shown.join('') + note
}

function outputCell({ outputFile }: StoredBatch, workingDirectory: string): string {
  return outputFile === undefined ? 'stdout' : shownPath(outputFile, workingDirectory)
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
