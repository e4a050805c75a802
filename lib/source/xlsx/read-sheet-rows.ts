import { fieldTooLarge, longestField, longestRecord, recordTooLarge } from '../text/size-limits.js'
import { columnOf, mostColumns } from './cell-address.js'
import { type Cell, cellText } from './cell-text.js'
import type { NumberFormat } from './number-format.js'
import { unescapeText } from './read-shared-strings.js'
import type { StringTable } from './string-table.js'
import { walkXml, type XmlVisitor } from './walk-xml.js'

/** A row of a sheet, up to its last cell with text or a formula. */
export interface SheetRow {
  readonly fields: string[]
  /** The row's number in the sheet, from 1. */
  readonly line: number
  /** The columns, from 1, of formulas without a stored value. Their fields are empty. */
  readonly unstored: readonly number[]
}

/** What the cells of a sheet refer to. */
export interface CellParts {
  readonly sharedStrings: StringTable
  /** Number formats by the number of a cell's style. */
  readonly numberFormats: readonly (NumberFormat | undefined)[]
  readonly isFrom1904: boolean
}

/** A cell as in the file. */
interface RawCell {
  readonly type: string | undefined
  readonly format: NumberFormat | undefined
  /** Whether it has a formula. */
  isFormula: boolean
  /** The text of its `<v>`. */
  value: string | undefined
  /** The text of its `<is>`: text that is not shared. */
  inline: string | undefined
}

type Attributes = Readonly<Record<string, string>>

/**
 * The XML of a sheet in, its rows out, the rows of a piece at once. A row or a cell without a
 * position follows the one before.
 *
 * @throws {Error} if the sheet is damaged, after the rows before the damage.
 */
export async function* readSheetRows(
  xml: AsyncIterable<string>,
  parts: CellParts,
): AsyncGenerator<Iterable<SheetRow>> {
  const rows: SparseRow[] = []
  try {
    for await (const _ of walkXml(xml, rowVisitor(rows, parts))) yield filled(rows)
  } catch (error) {
    yield filled(rows)
    throw error
  }
}

/**
 * A row may have one cell far to the right, and a piece of XML a thousand such rows, so rows are
 * filled up one by one.
 */
function* filled(rows: SparseRow[]): Generator<SheetRow> {
  for (const { cells, line, unstored } of rows.splice(0)) {
    const width = cells.reduce((most, { column }) => Math.max(most, column), 0)
    const fields = Array<string>(width).fill('')
    for (const { column, text } of cells) fields[column - 1] = text
    yield { fields, line, unstored }
  }
}

interface SparseRow extends Omit<SheetRow, 'fields'> {
  readonly cells: readonly { readonly column: number; readonly text: string }[]
}

function rowVisitor(rows: SparseRow[], parts: CellParts): XmlVisitor {
  let isInRows = false
  let line = 0
  let cells: { column: number; text: string }[] = []
  let unstored: number[] = []
  /** Characters of the row so far. */
  let length = 0
  let column = 0
  let cell: RawCell | undefined
  /** Text since the last opening tag. A `v` or `t` contains no element. */
  let content = ''

  return {
    open(name, attributes) {
      content = ''
      // After the rows, other elements may have the same name, such as the anchor of a drawing.
      if (name === 'sheetData') isInRows = true
      if (!isInRows) return
      if (name === 'row') openRow(attributes)
      else if (name === 'c') openCell(attributes)
      else if (name === 'f' && cell !== undefined) cell.isFormula = true
    },
    text(piece) {
      content += piece
    },
    close(name) {
      if (name === 'sheetData') isInRows = false
      else if (name === 'v' || name === 't') closeContent(name)
      else if (name === 'c') closeCell()
      else if (name === 'row' && isInRows) rows.push({ cells, line, unstored })
    },
  }

  function openRow({ r }: Attributes): void {
    const said = Number.parseInt(r ?? '', 10)
    line = Number.isNaN(said) ? line + 1 : said
    column = 0
    length = 0
    cells = []
    unstored = []
  }

  function openCell({ r, s = '0', t }: Attributes): void {
    column = r === undefined ? column + 1 : columnOf(r)
    const format = parts.numberFormats[Number.parseInt(s, 10)]
    cell = { type: t, format, isFormula: false, value: undefined, inline: undefined }
  }

  function closeContent(name: 'v' | 't'): void {
    const text = unescapeText(content)
    if (cell === undefined) return
    if (name === 'v') cell.value = text
    else cell.inline = (cell.inline ?? '') + text
    if ((cell.inline ?? text).length > longestField) throw fieldTooLarge(`Line ${line}`)
  }

  function closeCell(): void {
    if (cell === undefined) return
    const isUnstored = cell.isFormula && !hasStoredValue(cell)
    const text = cellText(readCell(cell, parts))
    cell = undefined
    if (isUnstored) unstored.push(column)
    else if (text === '') return
    cells.push({ column, text })
    length += text.length
    if (length > longestRecord) throw recordTooLarge(`Line ${line}`)
    if (cells.length > mostColumns) throw new Error(`Line ${line} has too many cells`)
  }
}

/**
 * Programs that cannot compute leave a formula without a value, or with an empty one. Only a text
 * may be empty.
 */
function hasStoredValue({ type, value, inline }: RawCell): boolean {
  return inline !== undefined || (type === 'str' ? value !== undefined : Boolean(value))
}

/** The result of a formula is stored as any other value. */
function readCell(cell: RawCell, { sharedStrings, isFrom1904 }: CellParts): Cell {
  const { type, value, inline, format } = cell
  if (inline !== undefined) return { value: inline }
  if (value === undefined || value === '') return { value: undefined }
  switch (type) {
    case 's':
      return { value: sharedString(value, sharedStrings) }
    case 'str':
    case 'inlineStr':
    case 'e':
      return { value }
    case 'd':
      return { value: value.replace(/(\.\d+)?Z?$/, '').replace(/T00:00:00$/, '') }
    case 'b':
      return { value: value !== '0' && value !== 'false' }
    default:
      return { value: Number.parseFloat(value), format, isFrom1904 }
  }
}

function sharedString(index: string, strings: StringTable): string {
  const text = strings.at(Number.parseInt(index, 10))
  if (text === undefined) throw new Error(`There is no shared string ${index}`)
  return text
}
