import type { Zip } from './open-zip.js'
import { readNumberFormats } from './read-number-formats.js'
import { readSharedStrings } from './read-shared-strings.js'
import { readSheetRows, type SheetRow } from './read-sheet-rows.js'
import { readWorkbook } from './read-workbook.js'
import { createStringTable } from './string-table.js'
import type { WalkXml } from './walk-xml.js'

/**
 * Reads the rows of the workbook's first sheet, the rows of a piece at once.
 *
 * The shared strings and the styles, to which cells refer, are read first.
 *
 * @throws {Error} if the archive is not a workbook, or is damaged.
 */
export async function* readFirstSheet(zip: Zip, walk: WalkXml): AsyncGenerator<Iterable<SheetRow>> {
  const { sheets, styles, sharedStrings, isFrom1904 } = await readWorkbook(zip, walk)
  const [first] = sheets
  if (first === undefined) throw new Error('The workbook has no sheet')
  const cells = {
    numberFormats: styles === undefined ? [] : await readNumberFormats(zip.readText(styles), walk),
    sharedStrings:
      sharedStrings === undefined
        ? createStringTable()
        : await readSharedStrings(zip.readText(sharedStrings), walk),
  }
  yield* readSheetRows(zip.readText(first), { walk, ...cells, isFrom1904 })
}
