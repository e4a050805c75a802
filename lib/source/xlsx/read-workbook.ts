import { posix } from 'node:path'
import type { Zip } from './open-zip.js'
import { walkThrough } from './walk-xml.js'

/** The parts of a workbook, with their names in the archive. */
export interface Workbook {
  /** In the order of the tabs. */
  readonly sheets: readonly Sheet[]
  readonly styles: string | undefined
  readonly sharedStrings: string | undefined
  /** Whether days are counted from 1904, as on old Macintoshes. */
  readonly isFrom1904: boolean
}

/** What a tab of a workbook shows. */
export interface Sheet {
  readonly name: string
  /** Its part in the archive; absent for a chart, which can have a tab of its own. */
  readonly part: string | undefined
  readonly isHidden: boolean
}

interface Part {
  readonly id: string | undefined
  readonly kind: string
  readonly name: string
}

/** @throws {Error} if the archive is not a workbook, or is damaged. */
export async function readWorkbook(zip: Zip): Promise<Workbook> {
  // The part that the archive names as its document, else the usual name.
  const name = nameOf(await readParts(zip, ''), 'officeDocument') ?? 'xl/workbook.xml'
  const parts = await readParts(zip, name)
  const sheets: Sheet[] = []
  let isFrom1904 = false
  await walkThrough(zip.readText(name), {
    open(element, attributes) {
      if (element === 'workbookPr') isFrom1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
      if (element !== 'sheet') return
      const { name: title = '', state = 'visible' } = attributes
      const id = relationshipId(attributes)
      const part = parts.find(each => each.id === id && each.kind === 'worksheet')
      sheets.push({ name: title, part: part?.name, isHidden: state !== 'visible' })
    },
  })
  const styles = nameOf(parts, 'styles')
  return { sheets, styles, sharedStrings: nameOf(parts, 'sharedStrings'), isFrom1904 }
}

function nameOf(parts: readonly Part[], kind: string): string | undefined {
  return parts.find(part => part.kind === kind)?.name
}

/** `r:id` in most files, but writers may choose the prefix. `sheetId` is the sheet's own number. */
function relationshipId(attributes: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1]
}

/** @param of the part that refers to others; empty for the whole archive. */
async function readParts(zip: Zip, of: string): Promise<readonly Part[]> {
  const { dir, base } = posix.parse(of)
  const place = posix.join(dir, '_rels', `${base}.rels`)
  const parts: Part[] = []
  if (!zip.has(place)) return parts
  await walkThrough(zip.readText(place), {
    open(name, { Id: id, Type = '', Target = '' }) {
      if (name !== 'Relationship') return
      parts.push({
        id,
        // The kind is the end of an address. There are two generations of addresses.
        kind: posix.basename(Type),
        // Relative to the referring part's folder, or to the root of the archive.
        name: posix.resolve('/', dir, Target).slice(1),
      })
    },
  })
  return parts
}
