import { PassThrough, Writable } from 'node:stream'
import { openHome } from '../home/open-home.js'
import { thisProcess } from '../host/surroundings.js'
import type { OutputFormat, RowSink } from '../port/row-sink.js'
import type { Outcome } from '../row/outcome.js'
import { keysOf } from '../row/written-form.js'
import { openSink } from '../sink/open-sink.js'

export interface WriteRowsOptions {
  /** If absent, decided by the path's extension. */
  readonly format?: OutputFormat | undefined
  /** Columns of a table, in their order; the first row's columns if absent. */
  readonly columns?: readonly string[] | undefined
  readonly responseColumn?: string
  /** Whether tokens, cost and duration follow each answer in columns of their own. */
  readonly usageColumns?: boolean
  /** Whether an existing file may be replaced. */
  readonly overwrite?: boolean
}

/**
 * Writes groups of Outcomes to a file. The file is opened at the first outcome.
 *
 * Errors with a BatchError of reach run (OUTPUT_EXISTS, OUTPUT_UNWRITABLE). The file is then a
 * valid document of what was written.
 *
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       invokeModel({ calls }),
 *       writeRows('out.csv', { responseColumn: 'mood', usageColumns: true }),
 *     )
 */
export function writeRows(path: string, options: WriteRowsOptions = {}): Writable {
  let sink: Promise<RowSink> | undefined
  return new Writable({
    objectMode: true,
    write(group: readonly Outcome[], _encoding, done) {
      if (group.length === 0) return done()
      open(group[0]).then(({ form, rows }) => {
        rows.write(group.map(form.make), error => done(error))
      }, done)
    },
    final(done) {
      open(undefined).then(({ rows }) => {
        rows.end((error?: Error | null) => (error ? done(error) : close(done, true)))
      }, done)
    },
    destroy(error, done) {
      close(failure => done(error ?? failure ?? undefined))
    },
  })

  function open(first: Outcome | undefined): Promise<RowSink> {
    sink ??= openOnce(first)
    return sink
  }

  async function openOnce(first: Outcome | undefined): Promise<RowSink> {
    openHome(thisProcess()) // For the extras in it, which write some formats.
    const opened = await openSink({
      path,
      stdout: new PassThrough(),
      isTerminal: false,
      format: options.format,
      columns: options.columns ?? keysOf(first?.row.columns ?? {}),
      responseColumn: options.responseColumn ?? 'response',
      usageColumns: options.usageColumns,
      overwrite: options.overwrite ?? false,
    })
    // The write that failed gets the error too. An error event without a listener ends the process.
    opened.rows.on('error', () => {})
    return opened
  }

  /**
   * Closes a sink that is still opening, too. The caller of `write` has heard of a failure to open.
   */
  function close(done: (error?: Error) => void, isWhole = false): void {
    const opened = sink?.catch(() => undefined) ?? Promise.resolve(undefined)
    opened.then(one => one?.close({ isWhole })).then(() => done(), done)
  }
}
