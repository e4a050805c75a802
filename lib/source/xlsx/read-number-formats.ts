import { type NumberFormat, parseNumberFormat } from './number-format.js'
import { walkThrough } from './walk-xml.js'

/**
 * Built-in formats of dates and times, which need not be in the file. Other built-in formats make
 * no difference. In the East Asian ones, the language of the spreadsheet decides what is shown, and
 * the file does not name it. Those that are dates in one language and times in another are dates
 * here: a value without a day is a time all the same.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1,
 * §18.8.30)
 */
const builtIn: readonly (readonly [id: string, code: string])[] = [
  ['14', 'mm-dd-yy'],
  ['15', 'd-mmm-yy'],
  ['16', 'd-mmm'],
  ['17', 'mmm-yy'],
  ['18', 'h:mm AM/PM'],
  ['19', 'h:mm:ss AM/PM'],
  ['20', 'h:mm'],
  ['21', 'h:mm:ss'],
  ['22', 'm/d/yy h:mm'],
  ...[27, 28, 29, 30, 31, 34, 35, 36].map(eastAsianDate),
  ['32', 'h:mm'],
  ['33', 'h:mm:ss'],
  ['45', 'mm:ss'],
  ['46', '[h]:mm:ss'],
  ['47', 'mm:ss.0'],
  ...[50, 51, 52, 53, 54, 55, 56, 57, 58].map(eastAsianDate),
]

function eastAsianDate(id: number): readonly [id: string, code: string] {
  return [String(id), 'yyyy-mm-dd']
}

/** The number format of each cell style, by the style's number; undefined for a plain number. */
export async function readNumberFormats(
  xml: AsyncIterable<string>,
): Promise<readonly (NumberFormat | undefined)[]> {
  const formats = new Map(builtIn.map(([id, code]) => [id, parseNumberFormat(code)]))
  const ids: string[] = []
  // `xf` also occurs in an earlier list, and `numFmt` in a later list. Cells do not refer to those.
  let list = ''
  await walkThrough(xml, {
    open(name, { numFmtId = '', formatCode = '' }) {
      if (name === 'numFmts' || name === 'cellXfs') list = name
      else if (name === 'numFmt' && list === 'numFmts') {
        formats.set(numFmtId, parseNumberFormat(formatCode))
      } else if (name === 'xf' && list === 'cellXfs') ids.push(numFmtId)
    },
  })
  return ids.map(id => formats.get(id))
}
