import { Duplex } from 'node:stream'
import type { SourceRecord } from '../../row/outcome.js'
import { decodeText } from '../text/decode-text.js'
import { gatherGroups } from './gather-groups.js'

export type GiveRecord = (record: SourceRecord) => void

/**
 * The parser of one format, without a stream. It is made with the function that takes its records.
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
const patience = 1000

/** Bytes that are parsed at once. They bound the text of a group, with the record that they end. */
const sliceBytes = 64 * 1024

/**
 * The stream around a parser: bytes in, groups of SourceRecords out. A group has the records of one
 * read.
 *
 * Emits `columns` once, with the names, as soon as they are known and before the first group, even
 * if nobody reads yet; with no names if the input ends before. Later it parses only what its reader
 * asks for.
 *
 * Errors: if the input cannot be read any further, the stage is destroyed with the parser's error,
 * or with an Error that was written instead of bytes. Before that, its reader gets every record
 * before the fault. An error before any record and before the columns is emitted at once. So the
 * stage is not a Transform, which drops its buffer when it fails, and pushes one group a read: then
 * a further read says that the buffer is empty.
 */
export function recordStage(makeParser: (give: GiveRecord) => RecordParser): Duplex {
  const decoding = decodeText()
  const gathering = gatherGroups()
  const groups: (readonly SourceRecord[])[] = []
  let unread: Buffer = Buffer.alloc(0)
  /** Characters since the last record. */
  let begun = 0
  /** Records before the columns are known. */
  let early = 0
  let isWanted = false
  let isOver = false
  let hasEnded = false
  let hasColumns = false
  let failure: Error | undefined
  let acceptNext: (() => void) | undefined

  const parser = makeParser(record => {
    const group = gathering.take(record, begun)
    if (group !== undefined) groups.push(group)
    begun = 0
    if (!hasColumns) early += 1
  })

  const stage = new Duplex({
    objectMode: true,
    highWaterMark: 1,
    write(chunk: Buffer | string | Error, _encoding, done) {
      acceptNext = done
      if (chunk instanceof Error) breakOff(chunk)
      else unread = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      advance()
    },
    final(done) {
      acceptNext = done
      isOver = true
      advance()
    },
    read() {
      isWanted = true
      advance()
    },
  })
  return stage

  function advance(): void {
    while (!stage.destroyed) {
      if (hasColumns && !giveAll()) return
      if (failure !== undefined) {
        fail(failure)
        return
      }
      if (!canParse()) break
      parseOn()
    }
    if (hasEnded && acceptNext !== undefined) stage.push(null)
    const accept = acceptNext
    acceptNext = undefined
    accept?.()
  }

  /** @returns whether the reader has all groups and wants more. */
  function giveAll(): boolean {
    while (isWanted) {
      const group = groups.shift()
      if (group === undefined) return true
      // A push may call this again, so its result counts only if nobody has asked meanwhile.
      isWanted = false
      if (stage.push(group) && !stage.destroyed) isWanted = true
    }
    return false
  }

  function canParse(): boolean {
    return unread.length > 0 || (isOver && !hasEnded)
  }

  function parseOn(): void {
    const slice = unread.subarray(0, sliceBytes)
    unread = unread.subarray(sliceBytes)
    hasEnded = slice.length === 0
    try {
      if (!hasEnded) decoding.write(slice, parseText)
      else {
        decoding.end(parseText)
        parser.end()
      }
    } catch (error) {
      failure = error as Error
    }
    const group = gathering.rest()
    if (group.length > 0) groups.push(group)
    if (!hasColumns) announceColumns()
  }

  function breakOff(error: Error): void {
    failure = error
    if (!hasColumns) announceColumns()
  }

  function parseText(text: string): void {
    parser.write(text)
    begun += text.length
  }

  function announceColumns(): void {
    const columns = parser.columns()
    const isEnough = hasEnded || failure !== undefined || early >= patience
    if (columns === undefined && !isEnough) return
    hasColumns = true
    if (failure === undefined || early > 0) stage.emit('columns', columns ?? [])
    // No record will come, so there is no reader to wait for, if somebody listens.
    else if (stage.listenerCount('error') > 0) isWanted = true
  }

  /** Not during the `read` that takes the last group: that read would give nothing. */
  function fail(error: Error): void {
    queueMicrotask(() => stage.destroy(error))
  }
}
