import { delimiters } from './tell-delimiter.js'

const separatorLine = /^"?sep=."?$/i
const name = /^[\p{L}_][\p{L}\p{N}_ .\-/()#%&]{0,63}$/u
const plainName = /^[\p{Ll}_][\p{Ll}\p{N}_]*$/u
const longestName = 64

/** A field of a header. */
interface HeaderCell {
  readonly text: string
  readonly isQuoted: boolean
}

/**
 * Judges by its first lines whether an input is a table.
 *
 * A header has two or more cells that are names or stand in quotes. Cells that could be words of a
 * sentence leave a doubt, which the second line settles: a row of a table has as many fields. In a
 * sentence, a blank follows the comma.
 *
 * @param second absent if that line has not come; empty if there is none.
 * @returns `unsure` if the second line must decide.
 */
export function tableFormat(first: string, second?: string): 'csv' | 'tsv' | 'text' | 'unsure' {
  if (separatorLine.test(first)) return 'csv'
  let isUnsure = false
  for (const delimiter of delimiters) {
    const header = cellsOf(first, delimiter)
    if (header === undefined || header.length < 2 || header[0]?.text === '') continue
    const isSure = header.every(cell => cell.text === '' || cell.isQuoted || isName(cell.text))
    const isLikely = header.every(mayBeName)
    const isTable = isSure || (isLikely && second !== undefined && fits(second, header, delimiter))
    if (isTable) return delimiter === '\t' ? 'tsv' : 'csv'
    if (isLikely && second === undefined) isUnsure = true
  }
  return isUnsure ? 'unsure' : 'text'
}

/** Whether the first line of a text could be the header of a table after all. */
export function looksLikeHeader(line: string): boolean {
  // The column that is asked where no template is given.
  if (line.toLowerCase() === 'prompt') return true
  return delimiters.some(delimiter => {
    const cells = cellsOf(line, delimiter) ?? []
    if (cells.length < 2) return false
    const isNamed = cells.every(cell => cell.isQuoted || plainName.test(cell.text.trim()))
    return isNamed || cells.every(mayBeName)
  })
}

/**
 * The cells of a line; of a last cell that continues on the next line, what is there.
 *
 * @returns undefined if a quoted cell is followed by text, as in a sentence.
 */
function cellsOf(line: string, delimiter: string): readonly HeaderCell[] | undefined {
  const cells: HeaderCell[] = []
  for (let at = 0; at <= line.length; at += 1) {
    const isQuoted = line[at] === '"'
    let end = isQuoted ? endOfQuotes(line, at) : line.indexOf(delimiter, at)
    if (end === -1) end = line.length
    if (end < line.length && line[end] !== delimiter) return undefined
    cells.push({ text: line.slice(at, end), isQuoted })
    at = end
  }
  return cells
}

/** The position after the closing quote; -1 if the quote is not closed on the line. */
function endOfQuotes(line: string, open: number): number {
  let at = line.indexOf('"', open + 1)
  while (at !== -1 && line[at + 1] === '"') at = line.indexOf('"', at + 2)
  return at === -1 ? -1 : at + 1
}

function fits(line: string, header: readonly HeaderCell[], delimiter: string): boolean {
  const cells = cellsOf(line, delimiter)
  const last = cells?.at(-1)?.text ?? ''
  const isOpen = last.startsWith('"') && endOfQuotes(last, 0) === -1
  return cells?.length === header.length || (isOpen && (cells?.length ?? 0) <= header.length)
}

function isName(text: string): boolean {
  return name.test(text) && !text.endsWith(' ') && !text.endsWith('.')
}

function mayBeName({ text, isQuoted }: HeaderCell): boolean {
  return isQuoted || (text.length <= longestName && text === text.trim() && !text.endsWith('.'))
}
