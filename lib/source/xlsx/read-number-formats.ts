import { walkThrough } from './walk-xml.js'

/**
 * Built-in formats of dates and times, which need not be in the file. Other built-in formats make
 * no difference.
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
  ['45', 'mm:ss'],
  ['46', '[h]:mm:ss'],
  ['47', 'mmss.0'],
]

/** The number format of each cell style, by the style's number. */
export async function readNumberFormats(
  xml: AsyncIterable<string>,
): Promise<readonly (string | undefined)[]> {
  const codes = new Map(builtIn)
  const ids: string[] = []
  // `xf` also occurs in an earlier list, and `numFmt` in a later list. Cells do not refer to those.
  let list = ''
  await walkThrough(xml, {
    open(name, { numFmtId = '', formatCode = '' }) {
      if (name === 'numFmts' || name === 'cellXfs') list = name
      else if (name === 'numFmt' && list === 'numFmts') codes.set(numFmtId, formatCode)
      else if (name === 'xf' && list === 'cellXfs') ids.push(numFmtId)
    },
  })
  return ids.map(id => codes.get(id))
}
