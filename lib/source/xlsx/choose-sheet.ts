import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { Sheet } from './read-workbook.js'

/** A sheet that has rows. */
export interface ChosenSheet extends Sheet {
  readonly part: string
}

const namesShown = 20

/**
 * Chooses the sheet to read: the one with the name `asked`, else the tab with this number, from 1.
 * Without `asked`, the first sheet that is not hidden.
 *
 * A number counts the tabs that people see. A hidden sheet can only be named. Upper and lower case
 * in names do not matter, as in spreadsheets.
 *
 * @throws {BatchError} USAGE_INVALID, reach `run`, with the nearest names, or all names; if `asked`
 * is a chart; if every sheet is hidden.
 * @throws {Error} if the workbook has no sheet.
 */
export function chooseSheet(
  sheets: readonly Sheet[],
  asked: string | number | undefined,
): ChosenSheet {
  if (sheets.every(({ part }) => part === undefined)) throw new Error('It has no sheet')
  if (asked === undefined) {
    const first = sheets.find(sheet => hasRows(sheet) && !sheet.isHidden)
    if (first === undefined) throw allHidden(sheets)
    return first as ChosenSheet
  }
  const found = sheetOf(sheets, String(asked))
  if (found === undefined) throw sheetUnknown(asked, sheets)
  if (!hasRows(found)) throw sheetIsChart(asked, sheets)
  return found
}

function sheetOf(sheets: readonly Sheet[], asked: string): Sheet | undefined {
  const named =
    sheets.find(({ name }) => name === asked) ??
    sheets.find(({ name }) => keyOf(name) === keyOf(asked))
  if (named !== undefined || !/^\d+$/.test(asked)) return named
  return sheets.filter(({ isHidden }) => !isHidden)[Number(asked) - 1]
}

function hasRows(sheet: Sheet): sheet is ChosenSheet {
  return sheet.part !== undefined
}

function keyOf(name: string): string {
  return name.trim().toLowerCase()
}

function allHidden(sheets: readonly Sheet[]): BatchError {
  return runError('USAGE_INVALID', 'Every sheet of the workbook is hidden', remedyFor(sheets))
}

function sheetUnknown(asked: string | number, sheets: readonly Sheet[]): BatchError {
  const names = sheets.filter(hasRows).map(({ name }) => name)
  const near = nearest(String(asked), names)
  const hint = near.length > 0 ? `Did you mean ${near.map(quoted).join(' or ')}? ` : ''
  return runError(
    'USAGE_INVALID',
    `--sheet ${asked}: the workbook has no such sheet`,
    `${hint}${remedyFor(sheets)}`,
  )
}

function sheetIsChart(asked: string | number, sheets: readonly Sheet[]): BatchError {
  return runError(
    'USAGE_INVALID',
    `--sheet ${asked} is a chart, which has no rows`,
    remedyFor(sheets),
  )
}

/** @param headerRow row from which on the sheet is empty, from 1. */
export function sheetEmpty(
  { name }: Sheet,
  { sheets, headerRow }: { readonly sheets: readonly Sheet[]; readonly headerRow: number },
): BatchError {
  const where = headerRow > 1 ? ` from row ${headerRow} on` : ''
  return runError('USAGE_INVALID', `The sheet ${quoted(name)} is empty${where}`, remedyFor(sheets))
}

/** Names all sheets with rows. */
function remedyFor(sheets: readonly Sheet[]): string {
  const all = sheets.filter(hasRows)
  const shown = all
    .slice(0, namesShown)
    .map(({ name, isHidden }) => quoted(name) + (isHidden ? ' (hidden)' : ''))
  const more = all.length > namesShown ? ` and ${all.length - namesShown} more` : ''
  return `Name a sheet with --sheet: ${shown.join(', ')}${more}.`
}

function quoted(name: string): string {
  return JSON.stringify(name)
}
