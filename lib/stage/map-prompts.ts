import type { Transform } from 'node:stream'
import { BatchError } from '../error/batch-error.js'
import type { PromptOrOutcome, SourceRecord } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'
import { mapRows } from './map-rows.js'

export interface MapPromptsOptions {
  readonly render: (row: Row) => Prompt
}

/**
 * Groups of Rows in; for each row its Prompt out, or a failed Outcome if the row cannot be
 * rendered. Failed records pass through.
 *
 * @example
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       eachRow(),
 *       async prompts => {
 *         for await (const prompt of prompts) console.log(prompt.text)
 *       },
 *     )
 */
export function mapPrompts({ render }: MapPromptsOptions): Transform {
  return mapRows<SourceRecord, PromptOrOutcome>(record => {
    if (record.kind === 'failed') return record
    try {
      return render(record)
    } catch (error) {
      if (!BatchError.isInstance(error) || error.reach !== 'row') throw error
      return { kind: 'failed', row: record, error, attempts: 0 }
    }
  })
}
