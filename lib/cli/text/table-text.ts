import stringWidth from 'string-width'
import { printableLine } from '../../host/printable.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import { cutText } from './cut-text.js'

export interface TableColumn {
  readonly title: string
  readonly align?: 'right'
  /** Least columns to which the cell may be cut; absent if it may not be cut. */
  readonly least?: number
  /** Which end is cut; the end if absent. */
  readonly cut?: 'start'
  /** Whether the column may be left out, the last such column first, if there is no room. */
  readonly isOptional?: true
}

const gap = '  '

/** Columns of a terminal; undefined for a pipe, for which nothing is cut. */
export function columnsOf({ isTTY, columns }: TerminalOutput): number | undefined {
  return isTTY ? columns || undefined : undefined
}

/**
 * A table with titles, safe on a terminal, with a final line break.
 *
 * @param width see `columnsOf`.
 */
export function tableText(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  const cells = [columns.map(({ title }) => title), ...rows.map(row => row.map(printableLine))]
  const wanted = columns.map((_column, index) =>
    Math.max(...cells.map(row => stringWidth(row[index] ?? ''))),
  )
  const widths = width === undefined ? wanted : fitted(columns, wanted, width)
  return cells.map(row => `${lineOf(columns, row, widths)}\n`).join('')
}

/** Narrows columns, then leaves columns out, until the table fits. Width 0 means left out. */
function fitted(
  columns: readonly TableColumn[],
  wanted: readonly number[],
  width: number,
): readonly number[] {
  let kept = wanted
  for (;;) {
    const widths = narrowed(columns, kept, width)
    const dropped = columns.findLastIndex(
      ({ isOptional }, index) => isOptional && kept[index] !== 0,
    )
    if (excessOf(widths, width) <= 0 || dropped === -1) return widths
    kept = kept.map((each, index) => (index === dropped ? 0 : each))
  }
}

/** Narrows the column with the most room, one by one. */
function narrowed(
  columns: readonly TableColumn[],
  wanted: readonly number[],
  width: number,
): readonly number[] {
  const widths = [...wanted]
  const spare = (index: number) => (widths[index] ?? 0) - (columns[index]?.least ?? Infinity)
  while (excessOf(widths, width) > 0) {
    const index = widths.reduce((best, _width, at) => (spare(at) > spare(best) ? at : best), 0)
    if (spare(index) <= 0) break
    widths[index] = (widths[index] ?? 0) - 1
  }
  return widths
}

/** How many columns are missing on the terminal. */
function excessOf(widths: readonly number[], width: number): number {
  const shown = widths.filter(each => each > 0)
  return shown.reduce((sum, each) => sum + each + gap.length, -gap.length) - width
}

function lineOf(
  columns: readonly TableColumn[],
  row: readonly string[],
  widths: readonly number[],
): string {
  const shown = columns.flatMap(({ align, cut }, index) => {
    const width = widths[index] ?? 0
    if (width === 0) return []
    const text = cutText(row[index] ?? '', width, cut)
    const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)))
    return [align === 'right' ? blanks + text : text + blanks]
  })
  return shown.join(gap).trimEnd()
}
