import { stringifyJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'

/**
 * What Excel's sheets hold.
 *
 * @see https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
 */
export const mostSheetRows = 1_048_576
export const mostSheetColumns = 16_384
const longestCell = 32_767

const spreadsheetml = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships'
const contentTypes = 'http://schemas.openxmlformats.org/package/2006/content-types'
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export const sheetStart = `${declaration}<worksheet xmlns="${spreadsheetml}"><sheetData>`
export const sheetEnd = '</sheetData></worksheet>'

/** Writes the XML of rows, and counts the cells that are cut. */
export interface RowWriter {
  /** @param line number of the row, from 1. */
  readonly rowXml: (cells: readonly ColumnValue[], line: number) => string
  readonly cutCells: () => number
}

export function rowWriter(): RowWriter {
  const letters: string[] = []
  let cut = 0

  return { rowXml, cutCells: () => cut }

  function rowXml(cells: readonly ColumnValue[], line: number): string {
    const all = cells.map((value, at) => cellXml(value, `${lettersOf(at)}${line}`))
    return `<row r="${line}">${all.join('')}</row>`
  }

  function lettersOf(at: number): string {
    letters[at] ??= columnLetters(at)
    return letters[at]
  }

  /** Only texts, so nothing is run as a formula, and `007` stays as it is. */
  function cellXml(value: ColumnValue, address: string): string {
    if (value === null || value === '') return ''
    if (typeof value === 'boolean') return `<c r="${address}" t="b"><v>${value ? 1 : 0}</v></c>`
    if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`
    const text = typeof value === 'object' ? stringifyJson(value) : String(value)
    const inline = `<t xml:space="preserve">${escaped(shortened(text))}</t>`
    return `<c r="${address}" t="inlineStr"><is>${inline}</is></c>`
  }

  function shortened(text: string): string {
    if (text.length <= longestCell) return text
    cut += 1
    const mark = ` … [cut: ${text.length} characters]`
    // Half of a pair of surrogates is not a character.
    return text.slice(0, longestCell - mark.length).replace(/[\uD800-\uDBFF]$/, '') + mark
  }
}

/** 0 is A, 25 is Z, 26 is AA. */
function columnLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Text for XML. A character that XML cannot hold, or would change, is `_xHHHH_`, as in all
 * workbooks, and so is an underscore before such a form.
 */
function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold.
      /[\0-\x08\x0b-\x1f\ufffe\uffff]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
      found => `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
    .replace(/[&<>]/g, found => entities[found] ?? found)
}

/** Names and texts of the parts that say which sheets there are. */
export function workbookParts(sheets: number): readonly (readonly [name: string, xml: string])[] {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1)
  const sheetNames = numbers.map(n => `<sheet name="Sheet${n}" sheetId="${n}" r:id="rId${n}"/>`)
  const targets = numbers.map(
    n =>
      `<Relationship Id="rId${n}" Type="${relationships}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
  )
  const types = numbers.map(
    n =>
      `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${sheetType.replace('.sheet', '.worksheet')}+xml"/>`,
  )
  return [
    [
      '[Content_Types].xml',
      `${declaration}<Types xmlns="${contentTypes}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${sheetType}.main+xml"/>${types.join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `${declaration}<Relationships xmlns="${packageRelationships}"><Relationship Id="rId1" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${declaration}<workbook xmlns="${spreadsheetml}" xmlns:r="${relationships}"><sheets>${sheetNames.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${declaration}<Relationships xmlns="${packageRelationships}">${targets.join('')}</Relationships>`,
    ],
  ]
}
