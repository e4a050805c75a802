import { fieldTooLarge, longestField } from '../text/size-limits.js'
import { createStringTable, type StringTable } from './string-table.js'
import { walkThrough } from './walk-xml.js'

/**
 * Reads the texts to which cells refer by number. A text in several fonts comes in several runs,
 * which are joined.
 */
export async function readSharedStrings(xml: AsyncIterable<string>): Promise<StringTable> {
  const texts = createStringTable()
  let text = ''
  /** Text since the last opening tag. A `t` contains no element. */
  let run = ''
  await walkThrough(xml, {
    open(name) {
      run = ''
      if (name === 'si') text = ''
    },
    text(piece) {
      run += piece
    },
    close(name) {
      if (name === 'si') texts.add(text)
      else if (name === 't') text += unescapeText(run)
      if (text.length > longestField) throw fieldTooLarge('The workbook')
    },
  })
  return texts
}

/**
 * Unescapes the text of a workbook's `<t>` or `<v>`. A character that XML cannot hold, or would
 * change, is written as `_xHHHH_`, such as `_x000D_` for a carriage return; an underscore before
 * such a form is `_x005F_`.
 *
 * Blanks stay, also without `xml:space="preserve"`.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1,
 * §22.9.2.19, ST_Xstring)
 */
export function unescapeText(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
