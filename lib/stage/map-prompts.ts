import { Transform } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { Failed, SourceRecord } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'

export interface MapPromptsOptions {
  readonly render: (row: Row) => Prompt
}

/** Row in; Prompt out, or a failed Outcome when this row alone cannot be rendered. Failed records pass through. */
export function mapPrompts({ render }: MapPromptsOptions): Transform {
  return new Transform({
    objectMode: true,
    transform(record: SourceRecord, _encoding, done) {
      if (record.kind === 'failed') return done(null, record)
      try {
        done(null, render(record))
      } catch (error) {
        if (BatchError.isInstance(error) && error.reach === 'row') {
          done(null, { kind: 'failed', row: record, error, attempts: 0 } satisfies Failed)
        } else {
          done(error as Error)
        }
      }
    },
  })
}
