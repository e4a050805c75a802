import { posix } from 'node:path'
import type { Readable } from 'node:stream'
import type { Cell } from './cell-text.js'
import type { Zip } from './open-zip.js'

export interface SheetRow {
  readonly number: number
  readonly eachCell: (take: (cell: Cell, column: number) => void) => void
}

interface Relationship {
  readonly Id?: string
  readonly Type?: string
  readonly Target?: string
}

/**
 * The parts of exceljs' WorkbookReader that make something of the XML of one part of a workbook each.
 *
 * Its own way through an archive, `parse`, is not taken: it asks for the parts in the order in which they are stored,
 * and where the last of them are ready before it has come to them it takes the archive for ended, and loses them
 * (exceljs 4.4.0; https://github.com/exceljs/exceljs/issues/3064).
 */
export interface WorkbookParser {
  workbookRels?: readonly Relationship[]
  readonly model?: { readonly sheets?: readonly { readonly rId?: string }[] }
  readonly _parseRels: (xml: Readable) => Promise<void>
  readonly _parseWorkbook: (xml: Readable) => Promise<void>
  readonly _parseStyles: (xml: Readable) => Promise<void>
  readonly _parseSharedStrings: (xml: Readable) => AsyncIterable<unknown>
  readonly _parseWorksheet: (
    xml: AsyncIterable<unknown>,
    sheet: string,
  ) => Iterable<{ readonly value: AsyncIterable<SheetRow> }>
}

interface Workbook {
  readonly parts: Parts
  /** In the order of their tabs: names in the archive. */
  readonly sheets: readonly string[]
}

/** Finds what one part of a workbook says of others: full names in the archive, by kind. */
interface Parts {
  readonly ofKind: (kind: string) => string | undefined
  readonly ofId: (
    id: string | undefined,
  ) => { readonly kind: string; readonly name: string } | undefined
}

/**
 * The rows of the sheet that comes first in the workbook, wherever the archive has it.
 *
 * Everything that a cell can point to, its shared string and its style, is read before.
 *
 * @throws {Error} when the archive is no workbook, or a damaged one.
 */
export async function* readFirstSheet(zip: Zip, parser: WorkbookParser): AsyncGenerator<SheetRow> {
  const { parts, sheets } = await readWorkbook(zip, parser)
  const [first] = sheets
  if (first === undefined) throw new Error('The workbook has no sheet')
  const styles = parts.ofKind('styles')
  const strings = parts.ofKind('sharedStrings')
  if (styles !== undefined) await readXml(zip, styles, xml => parser._parseStyles(xml))
  if (strings !== undefined) {
    await readXml(zip, strings, async xml => {
      for await (const _ of parser._parseSharedStrings(xml));
    })
  }
  for (const { value } of parser._parseWorksheet(textOf(zip, first), '1')) yield* value
}

/** The part that the archive names as its document, else the one that nearly all have. */
async function readWorkbook(zip: Zip, parser: WorkbookParser): Promise<Workbook> {
  const name = (await readParts(zip, '', parser)).ofKind('officeDocument') ?? 'xl/workbook.xml'
  const parts = await readParts(zip, name, parser)
  await readXml(zip, name, xml => parser._parseWorkbook(xml))
  const sheets: string[] = []
  for (const { rId } of parser.model?.sheets ?? []) {
    const part = parts.ofId(rId)
    // A chart can have a tab of its own.
    if (part?.kind === 'worksheet') sheets.push(part.name)
  }
  return { parts, sheets }
}

/** @param name of the part that points to others; empty for the archive as a whole. */
async function readParts(zip: Zip, name: string, parser: WorkbookParser): Promise<Parts> {
  const { dir, base } = posix.parse(name)
  const place = posix.join(dir, '_rels', `${base}.rels`)
  parser.workbookRels = []
  if (zip.has(place)) await readXml(zip, place, xml => parser._parseRels(xml))
  const found = (parser.workbookRels ?? []).map(({ Id, Type = '', Target = '' }) => ({
    id: Id,
    // A kind is the end of an address, of which there are two generations.
    kind: posix.basename(Type),
    // From the folder of the part that says it, or from the root of the archive.
    name: posix.resolve('/', dir, Target).slice(1),
  }))
  return {
    ofKind: kind => found.find(part => part.kind === kind)?.name,
    ofId: id => found.find(part => part.id === id),
  }
}

async function readXml(
  zip: Zip,
  name: string,
  parse: (xml: Readable) => Promise<void>,
): Promise<void> {
  const xml = textOf(zip, name)
  try {
    await parse(xml)
  } finally {
    xml.destroy()
  }
}

/** As text: exceljs decodes each chunk by itself, and so breaks characters that lie on the edge of two. */
function textOf(zip: Zip, name: string): Readable {
  return zip.read(name).setEncoding('utf8')
}
