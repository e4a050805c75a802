import { fieldTooLarge, longestField } from '../text/size-limits.js'
import { createStringTable, type StringTable } from './string-table.js'
import { unescapeText } from './unescape-text.js'
import { type WalkXml, walkThrough } from './walk-xml.js'

/**
 * Reads the texts to which cells refer by number. A text in several fonts comes in several runs,
 * which are joined.
 */
export async function readSharedStrings(
  xml: AsyncIterable<string>,
  walk: WalkXml,
): Promise<StringTable> {
  const texts = createStringTable()
  let text = ''
  /** Text since the last opening tag. A `t` contains no element. */
  let run = ''
  const walking = walk(xml, {
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
  await walkThrough(walking)
  return texts
}
