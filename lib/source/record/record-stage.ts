import { Duplex } from 'node:stream'
import type { SourceRecord } from '../../row/outcome.js'
import { decodeText } from '../text/decode-text.js'
import { gatherGroups } from './gather-groups.js'

export type GiveRecord = (record: SourceRecord) => void

/**
 * One format, without its stream; made with the function that takes its records.
 *
 * Both methods give the records that are complete, and only then throw, a BatchError of reach
 * `run`, where the input cannot be read on.
 */
export interface RecordParser {
  readonly write: (text: string) => void
  /** The input is over: gives what is left. */
  readonly end: () => void
  /** Names of the columns; undefined until enough has been read. */
  readonly columns: () => readonly string[] | undefined
}

/**
 * Records that may come without telling the columns (bad lines of JSONL) before that is taken for
 * the answer.
 */
const patience = 1000

/**
 * Bytes that are parsed at once. With the record that they end, they are what a group can hold of
 * text.
 */
const sliceBytes = 64 * 1024

/**
 * The stream around a parser: bytes in, groups of SourceRecords out. A group has what came in one
 * read.
 *
 * Emits `columns` once, before the first group, with the names: as soon as they are known, whether
 * or not anybody reads yet; with none when the input ends before. From then on it parses only what
 * its reader asks for.
 *
 * Errors: where the input cannot be read on, the stage is destroyed with the parser's error, or
 * with the Error that was written to it instead of bytes, after its reader has taken every record
 * before that place, and not before somebody reads. An error that comes before any record and the
 * columns is told at once to whoever listens for it. That is why it is no Transform (one that fails
 * drops what is still in its buffer) and why it pushes one group a read: then the reader's asking
 * says that its buffer is empty.
 */
export function recordStage(makeParser: (give: GiveRecord) => RecordParser): Duplex {
  const decoding = decodeText()
  const gathering = gatherGroups()
  const groups: (readonly SourceRecord[])[] = []
  let unread: Buffer = Buffer.alloc(0)
  /** Characters since a record came. */
  let begun = 0
  /** Records that came before the columns are known. */
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

  /** @returns whether the reader has taken all groups and wants more. */
  function giveAll(): boolean {
    while (isWanted) {
      const group = groups.shift()
      if (group === undefined) return true
      // A push may come back here, so what it says counts only if nobody has asked meanwhile.
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
    // Nothing will ever come, so there is no reader to wait for, if only somebody hears of it.
    else if (stage.listenerCount('error') > 0) isWanted = true
  }

  /** Not inside the `read` that takes the last group, which would then give nothing. */
  function fail(error: Error): void {
    queueMicrotask(() => stage.destroy(error))
  }
}
