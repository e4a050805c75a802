import { type BatchError, runError } from '../../error/batch-error.js'
import type { CsvParsing, ParseCsvOptions } from './parse-csv.js'
import { startOfHeader, tellDelimiter } from './tell-delimiter.js'

export interface FindHeaderOptions {
  /** One character; told from the header if absent. */
  readonly delimiter?: string | undefined
  /** The line with the names of the columns, from 1. */
  readonly headerRow?: number | undefined
}

/** Characters in which the end of a header is looked for. A longer one is judged by its start. */
const longestStart = 64 * 1024

/** What Excel writes as the first line to name the delimiter, with or without quotes. */
const separatorLine = /^"?sep=(.)"?$/i

/**
 * Finds the header of a table in its text, and begins to parse there: behind the lines above it,
 * and behind a line such as `sep=;`, which names the delimiter.
 *
 * @param begin makes the parser of the header and all that follows.
 * @throws {BatchError} USAGE_INVALID, reach `run`, if the input ends before `headerRow`.
 */
export function findHeader(
  { delimiter, headerRow = 1 }: FindHeaderOptions,
  begin: (start: Pick<ParseCsvOptions, 'delimiter' | 'line'>) => CsvParsing,
): CsvParsing {
  let parsing: CsvParsing | undefined
  /** The text that is not parsed yet, and the number of its first line. */
  let waiting = ''
  let line = 1
  let named = delimiter

  return {
    write(text) {
      if (parsing !== undefined) {
        parsing.write(text)
        return
      }
      waiting += text
      beginAtHeader(false)
    },
    end() {
      if (parsing === undefined) beginAtHeader(true)
      parsing?.end()
    },
  }

  function beginAtHeader(isEnd: boolean): void {
    if (line === 1 && !passLine(isEnd, first => takeSeparator(first))) return
    while (line < headerRow && !(isEnd && waiting === '')) {
      if (!passLine(isEnd, () => true)) return
    }
    if (waiting === '') {
      if (!isEnd) return
      if (headerRow > 1) throw headerMissing(headerRow, line - 1)
    }
    const start = startOfHeader(waiting)
    if (named === undefined && !start.isWhole && !isEnd && waiting.length < longestStart) return
    parsing = begin({ delimiter: named ?? tellDelimiter(start.plain), line })
    parsing.write(waiting)
    waiting = ''
  }

  /**
   * Passes the first line if `isPassed` says so.
   *
   * @returns whether the line was whole, so that it could be judged.
   */
  function passLine(isEnd: boolean, isPassed: (text: string) => boolean): boolean {
    const found = /\r\n|\r(?!$)|\n/.exec(waiting)
    if (found === null && !isEnd) return line >= headerRow && waiting.length >= longestStart
    const length = found?.index ?? waiting.length
    if (!isPassed(waiting.slice(0, length))) return true
    waiting = waiting.slice(length + (found?.[0].length ?? 0))
    line += 1
    return true
  }

  function takeSeparator(first: string): boolean {
    const found = separatorLine.exec(first)?.[1]
    named ??= found
    return found !== undefined
  }
}

/** @param unit what the input has, in the singular. */
export function headerMissing(headerRow: number, count: number, unit = 'line'): BatchError {
  return runError(
    'USAGE_INVALID',
    `--header-row ${headerRow}: the input has only ${count} ${unit}${count === 1 ? '' : 's'}`,
    `Name the ${unit} with the names of the columns, counted from 1.`,
  )
}
