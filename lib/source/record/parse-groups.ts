import type { SourceRecord } from '../../row/outcome.js'
import { decodeText } from '../text/decode-text.js'
import type { ReadGroups } from './stream-groups.js'

type Group = readonly SourceRecord[]

/**
 * The parser of one format. It is made with the function that takes its records.
 *
 * Both methods give the complete records first. Then they throw a BatchError of reach `run` if the
 * input cannot be read any further.
 */
export interface RecordParser {
  readonly write: (text: string) => void
  /** Ends the input, and gives what is left. */
  readonly end: () => void
  /** Names of the columns; undefined until known. */
  readonly columns: () => readonly string[] | undefined
}

/** Records without known columns (bad lines of JSONL) after which the columns count as none. */
const mostWithoutColumns = 1000

/** Bytes that are parsed at once. They bound the text of a group, with the record that they end. */
const sliceBytes = 64 * 1024

const mostRecords = 128
/** Characters at which a group is full. A very long record is the last of its group. */
const mostText = 192 * 1024

/** Makes the reader of a text format from its parser. Gives the records of a slice at once. */
export function parseGroups(
  makeParser: (give: (record: SourceRecord) => void) => RecordParser,
): ReadGroups {
  return async function* readGroups(bytes, tellColumns) {
    const decoding = decodeText()
    const grouping = groupRecords()
    let groups: Group[] = []
    let records = 0
    /** Characters since the last record. */
    let begun = 0
    const parser = makeParser(record => {
      const group = grouping.add(record, begun)
      if (group !== undefined) groups.push(group)
      begun = 0
      records += 1
    })
    try {
      for await (const chunk of bytes) {
        for (let at = 0; at < chunk.length; at += sliceBytes) {
          decoding.write(chunk.subarray(at, at + sliceBytes), parse)
          if (tellKnownColumns() || records >= mostWithoutColumns) yield* takeGroups()
        }
      }
      decoding.end(parse)
      parser.end()
    } catch (error) {
      // Without a record, the fault comes instead of the columns.
      if (records > 0) tellKnownColumns()
      yield* takeGroups()
      throw error
    }
    tellKnownColumns()
    yield* takeGroups()

    function parse(text: string): void {
      parser.write(text)
      begun += text.length
    }

    /** @returns whether the columns are known. */
    function tellKnownColumns(): boolean {
      const columns = parser.columns()
      if (columns !== undefined) tellColumns(columns)
      return columns !== undefined
    }

    function takeGroups(): Group[] {
      const taken = groups
      const rest = grouping.rest()
      groups = []
      return rest.length > 0 ? [...taken, rest] : taken
    }
  }
}

export interface RecordGrouping {
  /** @returns the group, if this record of `length` characters makes it full. */
  readonly add: (record: SourceRecord, length: number) => Group | undefined
  /** @returns the records since the last group. */
  readonly rest: () => Group
}

export function groupRecords(): RecordGrouping {
  let group: SourceRecord[] = []
  let text = 0

  return {
    add(record, length) {
      group.push(record)
      text += length
      return group.length === mostRecords || text >= mostText ? rest() : undefined
    },
    rest,
  }

  function rest(): Group {
    const records = group
    group = []
    text = 0
    return records
  }
}
