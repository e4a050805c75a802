import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RowSink } from '../../lib/port/row-sink.js'
import type { Outcome } from '../../lib/row/outcome.js'

/** What a sink makes of outcomes. */
export function rowsFor({ form }: RowSink, outcomes: readonly Outcome[]): unknown[] {
  return outcomes.map(outcome => form.make(outcome))
}

/** Writes outcomes to a sink as one group, and ends it, in a real pipeline. */
export async function writeGroup(sink: RowSink, outcomes: readonly Outcome[]): Promise<void> {
  await pipeline(Readable.from([rowsFor(sink, outcomes)]), sink.rows)
}

/** Writes outcomes to a sink as one group; resolves when it is written. */
export function writeOn(sink: RowSink, outcomes: readonly Outcome[]): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.rows.write(rowsFor(sink, outcomes), error => (error ? reject(error) : resolve()))
  })
}
