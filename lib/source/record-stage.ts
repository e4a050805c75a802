import { Duplex } from 'node:stream'
import type { SourceRecord } from '../row/outcome.js'
import { decodeText } from './decode-text.js'

export type GiveRecord = (record: SourceRecord) => void

/**
 * One format, without its stream; made with the function that takes its records.
 *
 * Both methods give the records that are complete, and only then throw, a BatchError of reach `run`, where the
 * input cannot be read on.
 */
export interface RecordParser {
  readonly write: (text: string) => void
  /** The input is over: gives what is left. */
  readonly end: () => void
  /** Names of the columns; undefined until enough has been read. */
  readonly columns: () => readonly string[] | undefined
}

/** Records that may come without telling the columns (bad lines of JSONL) before that is taken for the answer. */
const patience = 1000

/**
 * The stream around a parser: bytes in, SourceRecords out.
 *
 * Emits `columns` once, before the first record, with the names: as soon as they are known, whether or not anybody
 * reads yet; with none when the input ends before.
 *
 * Errors: where the input cannot be read on, the stage is destroyed with the parser's error, after its reader has
 * taken every record before that place. That is why it is no Transform (one that fails drops what is still in its
 * buffer) and why it pushes one record a read: then the reader's asking says that its buffer is empty.
 */
export function recordStage(makeParser: (give: GiveRecord) => RecordParser): Duplex {
  const decoding = decodeText()
  let records: SourceRecord[] = []
  let nextIndex = 0
  let isWanted = false
  let isOver = false
  let hasColumns = false
  let failure: { readonly error: Error } | undefined
  let acceptNext: (() => void) | undefined

  const parser = makeParser(record => {
    records.push(record)
  })

  const stage = new Duplex({
    readableObjectMode: true,
    readableHighWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      acceptNext = done
      parse(() => decoding.write(chunk, parser.write))
      advance()
    },
    final(done) {
      acceptNext = done
      isOver = true
      parse(() => {
        decoding.end(parser.write)
        parser.end()
      })
      advance()
    },
    read() {
      isWanted = true
      advance()
    },
  })
  return stage

  function parse(step: () => void): void {
    try {
      step()
    } catch (error) {
      failure = { error: error as Error }
    }
  }

  function advance(): void {
    if (!hasColumns && !announceColumns()) {
      accept()
      return
    }
    while (isWanted && nextIndex < records.length) {
      isWanted = stage.push(records[nextIndex])
      nextIndex += 1
    }
    if (nextIndex < records.length) return
    records = []
    nextIndex = 0
    if (failure !== undefined) {
      fail(failure.error)
      return
    }
    if (isOver && acceptNext !== undefined) stage.push(null)
    accept()
  }

  function announceColumns(): boolean {
    const columns = parser.columns()
    const isEnough = isOver || failure !== undefined || records.length >= patience
    if (columns === undefined && !isEnough) return false
    hasColumns = true
    // Nothing will ever come, so there is no reader to wait for.
    if (failure !== undefined && records.length === 0) isWanted = true
    else stage.emit('columns', columns ?? [])
    return true
  }

  function accept(): void {
    const done = acceptNext
    acceptNext = undefined
    done?.()
  }

  /**
   * Not before the last record is taken, which the reader's asking for more tells; and not inside the `read` that
   * takes it, which would then give nothing.
   */
  function fail(error: Error): void {
    if (isWanted) queueMicrotask(() => stage.destroy(error))
  }
}
