import { Writable } from 'node:stream'
import type { OutputFormat, RowForm, RowSink } from '../../port/row-sink.js'
import type { OutputTarget } from '../target/output-target.js'
import type { WrittenOutcome } from './outcome-columns.js'
import { joinTexts, type OutputDocument } from './output-document.js'

/** A rendered row; without text if it is not written, as a skipped row. */
export interface RenderedRow {
  readonly index: number
  readonly text: string
}

/** Groups that wait for a write. The stage before bounds their bytes. */
const waitingGroups = 4

/**
 * Groups of rendered rows in. One write is in flight at a time; groups that come meanwhile are the
 * next piece.
 *
 * The target outlives the stream: however a pipeline ends, `close` can still close the document. A
 * document without rows is written only if it is whole, so an early end leaves no output that
 * looks finished.
 */
export function writeDocument(
  format: OutputFormat,
  document: OutputDocument<WrittenOutcome>,
  target: OutputTarget,
): RowSink<RenderedRow> {
  const { path, isInPlace, isGone, isTaken } = target
  const { packing } = document
  let rows = 0
  let isEnded = false
  let hasFailed = false
  let writing: Promise<void> = Promise.resolve()
  let closed: Promise<void> | undefined
  /** Packed bytes whose write failed. */
  let unwritten: Buffer = Buffer.alloc(0)

  const written = new Writable({
    objectMode: true,
    highWaterMark: waitingGroups,
    write(group: readonly RenderedRow[], _encoding, done) {
      report(write(group), done)
    },
    writev(chunks: { chunk: readonly RenderedRow[] }[], done) {
      report(write(chunks.flatMap(({ chunk }) => chunk)), done)
    },
    final(done) {
      report(rows > 0 ? end() : writing, done)
    },
  })

  return {
    ...{ format, path, isInPlace, isGone, isTaken },
    form: renderedForm(document),
    rows: written,
    rowsWritten: () => rows,
    formulas: document.formulas,
    notes: packing?.notes,
    close({ isHurried = false, isWhole = false } = {}) {
      if (isHurried) target.hurry()
      closed ??= writing.catch(() => undefined).then(() => close(isWhole))
      return closed
    },
  }

  async function write(group: readonly RenderedRow[]): Promise<void> {
    const texts = group.map(({ text }) => text).filter(text => text !== '')
    if (texts.length === 0) return
    const text = joinTexts(document, texts, rows === 0)
    await writeBytes(packing === undefined ? Buffer.from(text) : await packing.pack(text))
    rows += texts.length
  }

  async function end(): Promise<void> {
    isEnded = true
    const text = rows === 0 ? document.empty : document.closing
    await writeBytes(packing === undefined ? Buffer.from(text) : await packing.end())
    await target.verify()
  }

  /** Without the bytes of a failed write, all later bytes of a packed file would be useless. */
  async function writeBytes(bytes: Buffer): Promise<void> {
    if (packing === undefined) return target.write(bytes)
    unwritten = unwritten.length === 0 ? bytes : Buffer.concat([unwritten, bytes])
    if (unwritten.length === 0) return
    await target.write(unwritten)
    unwritten = Buffer.alloc(0)
  }

  async function close(isWhole: boolean): Promise<void> {
    try {
      // After a failure, the document is closed if possible. The failure itself is already
      // reported.
      if (!isEnded && (rows > 0 || isWhole)) await (hasFailed ? end().catch(() => {}) : end())
    } finally {
      await target.close()
    }
  }

  function report(act: Promise<void>, done: (error?: Error) => void): void {
    writing = act
    act.then(
      () => done(),
      (error: Error) => {
        hasFailed = true
        done(error)
      },
    )
  }
}

function renderedForm({ textOf }: OutputDocument<WrittenOutcome>): RowForm<RenderedRow> {
  return {
    make: outcome => ({
      index: outcome.row.index,
      text: outcome.kind === 'skipped' ? '' : textOf(outcome),
    }),
    indexOf: ({ index }) => index,
    lengthOf: ({ text }) => text.length,
    toText: ({ text }) => text,
    fromText: (index, text) => ({ index, text }),
  }
}
