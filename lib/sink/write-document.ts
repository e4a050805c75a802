import { Writable } from 'node:stream'
import type { OutputFormat, RowSink } from '../port/row-sink.js'
import type { Outcome } from '../row/outcome.js'
import type { OutputDocument } from './output-document.js'
import type { OutputTarget } from './output-target.js'

export interface WriteDocumentOptions {
  readonly format: OutputFormat
  readonly document: OutputDocument
  readonly target: OutputTarget
}

/**
 * Outcomes in; each is written as soon as it is here, those that have gathered meanwhile in one piece.
 *
 * The target outlives the stream: however a pipeline ends, `close` still finds it open and closes the document.
 */
export function writeDocument({ format, document, target }: WriteDocumentOptions): RowSink {
  let rows = 0
  let isEnded = false
  let hasFailed = false
  let isGone = false
  let writing: Promise<void> = Promise.resolve()
  let closed: Promise<void> | undefined

  const outcomes = new Writable({
    objectMode: true,
    write(outcome: Outcome, _encoding, done) {
      report(
        inTurn(() => write([outcome])),
        done,
      )
    },
    writev(chunks: { chunk: Outcome }[], done) {
      report(
        inTurn(() => write(chunks.map(({ chunk }) => chunk))),
        done,
      )
    },
    final(done) {
      report(inTurn(end), done)
    },
  })

  return {
    format,
    path: target.path,
    outcomes,
    rowsWritten: () => rows,
    isInPlace: () => target.path === undefined || !target.isUntouched(),
    isGone: () => isGone,
    isTaken: () => target.isTaken?.() !== false,
    onLost(listener) {
      target.onLost?.(error => {
        hasFailed = true
        listener(error)
      })
    },
    close({ discard = false, isHurried = false } = {}) {
      if (isHurried) target.hurry?.()
      closed ??= writing.catch(() => undefined).then(() => close(discard))
      return closed
    },
  }

  async function write(given: readonly Outcome[]): Promise<void> {
    const written = given.filter(outcome => outcome.kind !== 'skipped')
    if (written.length === 0) return
    await target.write(Buffer.from(document.records(written, rows === 0)))
    rows += written.length
  }

  async function end(): Promise<void> {
    isEnded = true
    await target.write(Buffer.from(document.closing(rows === 0)))
    await target.verify().catch(error => {
      isGone = true
      throw error
    })
  }

  async function close(discard: boolean): Promise<void> {
    const isWanted = rows > 0 || !(discard || target.isUntouched())
    try {
      // After a failure the document is closed as well as can be; that failure has been reported.
      if (!isEnded && isWanted) await (hasFailed ? end().catch(() => undefined) : end())
    } finally {
      await target.close({ discard })
    }
  }

  function inTurn(act: () => Promise<void>): Promise<void> {
    writing = act()
    return writing
  }

  function report(done: Promise<void>, callback: (error?: Error) => void): void {
    done.then(
      () => callback(),
      (error: Error) => {
        hasFailed = true
        callback(error)
      },
    )
  }
}
