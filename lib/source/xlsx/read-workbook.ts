import { posix } from 'node:path'
import type { Zip } from './open-zip.js'
import { type WalkXml, walkThrough } from './walk-xml.js'

/** What a workbook says of its parts; they are named as in the archive. */
export interface Workbook {
  /** In the order of their tabs. */
  readonly sheets: readonly string[]
  readonly styles: string | undefined
  readonly sharedStrings: string | undefined
  /** Whether its days are counted from 1904, as on old Macintoshes. */
  readonly isFrom1904: boolean
}

interface Part {
  readonly id: string | undefined
  readonly kind: string
  readonly name: string
}

/** @throws {Error} when the archive is no workbook, or a damaged one. */
export async function readWorkbook(zip: Zip, walk: WalkXml): Promise<Workbook> {
  // The part that the archive names as its document, else the one that nearly all have.
  const name = nameOf(await readParts(zip, { of: '', walk }), 'officeDocument') ?? 'xl/workbook.xml'
  const parts = await readParts(zip, { of: name, walk })
  const sheets: string[] = []
  let isFrom1904 = false
  const walking = walk(zip.readText(name), {
    open(element, attributes) {
      if (element === 'workbookPr') isFrom1904 = /^(1|true)$/.test(attributes.date1904 ?? '')
      if (element !== 'sheet') return
      const id = relationshipId(attributes)
      const part = parts.find(each => each.id === id)
      // A chart can have a tab of its own.
      if (part?.kind === 'worksheet') sheets.push(part.name)
    },
  })
  await walkThrough(walking)
  const styles = nameOf(parts, 'styles')
  return { sheets, styles, sharedStrings: nameOf(parts, 'sharedStrings'), isFrom1904 }
}

function nameOf(parts: readonly Part[], kind: string): string | undefined {
  return parts.find(part => part.kind === kind)?.name
}

/**
 * `r:id` as a rule, but the prefix is the writer's to choose; the sheet's own number is `sheetId`.
 */
function relationshipId(attributes: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1]
}

/** @param of the part that points to others; empty for the archive as a whole. */
async function readParts(
  zip: Zip,
  { of, walk }: { readonly of: string; readonly walk: WalkXml },
): Promise<readonly Part[]> {
  const { dir, base } = posix.parse(of)
  const place = posix.join(dir, '_rels', `${base}.rels`)
  const parts: Part[] = []
  if (!zip.has(place)) return parts
  const walking = walk(zip.readText(place), {
    open(name, { Id: id, Type = '', Target = '' }) {
      if (name !== 'Relationship') return
      parts.push({
        id,
        // A kind is the end of an address, of which there are two generations.
        kind: posix.basename(Type),
        // From the folder of the part that says it, or from the root of the archive.
        name: posix.resolve('/', dir, Target).slice(1),
      })
    },
  })
  await walkThrough(walking)
  return parts
}
