import { PassThrough } from 'node:stream'
import { type BatchError, runError } from '../../error/batch-error.js'
import { loadExtra } from '../../extras/load-extra.js'
import { parseJson } from '../../row/exact-json.js'
import type { ColumnValue } from '../../row/row.js'
import type { Packing } from './packing.js'
import {
  mostSheetColumns,
  mostSheetRows,
  rowWriter,
  sheetEnd,
  sheetStart,
  workbookParts,
} from './sheet-xml.js'

/** The time of all parts, so that equal rows make equal files. */
const mtime = new Date(Date.UTC(2000, 0, 1))

export interface PackSheetsOptions {
  /** Rows of a sheet, with its header; as many as Excel takes if absent. */
  readonly mostRows?: number
}

/**
 * A workbook: the header and a row for each line, in as many sheets as the rows need. A text that
 * no cell of Excel can hold is cut, says so in the cell, and is counted.
 *
 * @throws {BatchError} DEPENDENCY_MISSING; OPTIONS_INVALID for more columns than a sheet takes;
 * reach `run`.
 */
export async function packSheets(
  header: readonly string[],
  { mostRows = mostSheetRows }: PackSheetsOptions = {},
): Promise<Packing> {
  if (header.length > mostSheetColumns) throw tooManyColumns(header.length)
  const { ZipFile } = await loadExtra<typeof import('yazl')>('xlsx', 'yazl')
  const zip = new ZipFile()
  const { rowXml, cutCells } = rowWriter()
  let chunks: Buffer[] = []
  let sheets = 0
  let line = 0
  let sheet = await openSheet()
  const ended = new Promise<void>((resolve, reject) => {
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk))
    zip.outputStream.on('end', resolve)
    zip.on('error', reject)
  })
  // Whoever packs or ends hears of it.
  ended.catch(() => undefined)

  return { pack, end, notes }

  async function pack(lines: string): Promise<Buffer> {
    let xml = ''
    for (const text of lines.split('\n')) {
      if (text === '') continue
      if (line === mostRows) {
        await write(xml + sheetEnd)
        sheet.end()
        sheet = await openSheet()
        xml = ''
      }
      line += 1
      xml += rowXml(parseJson(text) as readonly ColumnValue[], line)
    }
    await write(xml)
    return taken()
  }

  async function end(): Promise<Buffer> {
    sheet.end(sheetEnd)
    for (const [name, xml] of workbookParts(sheets)) {
      zip.addBuffer(Buffer.from(xml), name, { mtime })
    }
    zip.end()
    await ended
    return taken()
  }

  async function openSheet(): Promise<PassThrough> {
    const opened = new PassThrough()
    sheets += 1
    zip.addReadStream(opened, `xl/worksheets/sheet${sheets}.xml`, { mtime })
    line = 1
    opened.write(sheetStart + rowXml(header, line))
    return opened
  }

  /** Resolves when the archive has taken the text. */
  function write(xml: string): Promise<void> {
    return new Promise((resolve, reject) => {
      sheet.write(xml, error => (error ? reject(error) : resolve()))
    })
  }

  function taken(): Buffer {
    const bytes = Buffer.concat(chunks)
    chunks = []
    return bytes
  }

  function notes(): readonly string[] {
    const cut = cutCells()
    const cells = cut === 1 ? '1 cell was' : `${cut} cells were`
    return [
      ...(cut === 0
        ? []
        : [
            `${cells} cut: Excel takes 32,767 characters a cell. With --resume and --output to a .csv or .jsonl file, every text is whole`,
          ]),
      ...(sheets === 1
        ? []
        : [`The rows are in ${sheets} sheets: Excel takes ${mostRows} rows a sheet`]),
    ]
  }
}

function tooManyColumns(columns: number): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `The output would have ${columns} columns, and a sheet of Excel takes ${mostSheetColumns}`,
    'Name a .csv or .jsonl file with --output.',
  )
}
