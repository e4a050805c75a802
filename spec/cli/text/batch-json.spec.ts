import { batchFields, jsonDocument, reportFields } from '../../../lib/cli/text/batch-json.js'
import { makeStoredBatch } from '../make-stored-batch.js'

const unknown = {
  outputFile: undefined,
  totalPrompts: undefined,
  costUsd: undefined,
  ratePerMinute: undefined,
  bottleneck: undefined,
  host: undefined,
  processId: undefined,
}

describe('batchFields', () => {
  it('has what is known', () => {
    const batch = makeStoredBatch({ unsettledUsd: 0.25, config: { maxCostUsd: 2 } })
    expect(batchFields(batch)).toMatchObject({
      ...{ input_file: '/home/ada/reviews.csv', output_file: '/home/ada/out.csv' },
      ...{ total_prompts: 10_000, cost_usd: 0.0275, unsettled_usd: 0.25, max_cost_usd: 2 },
      ...{ rate_per_minute: 600, host: 'here', process_id: 1 },
      held_by: 'waiting for tokens per minute (anthropic), 12 s',
    })
  })

  it('has null for what is not', () => {
    expect(batchFields(makeStoredBatch(unknown))).toMatchObject({
      ...{ output_file: null, total_prompts: null, cost_usd: null, unsettled_usd: null },
      ...{ max_cost_usd: null, rate_per_minute: null, held_by: null, host: null, process_id: null },
    })
  })

  it('lists several inputs', () => {
    const inputFile = JSON.stringify(['/a.csv', '/b.csv'])
    expect(batchFields(makeStoredBatch({ inputFile }))).toMatchObject({
      input_file: ['/a.csv', '/b.csv'],
    })
  })
})

describe('reportFields', () => {
  const report = { batch: makeStoredBatch(), durationMs: 1600, errors: [] }

  it('rounds times to seconds, and counts rows from 1', () => {
    const error = { code: 'X', message: 'm', count: 2, firstRowIndex: 0, columns: { a: 'b' } }
    const resumeCommand = 'llm batch --resume'
    expect(reportFields({ ...report, leftMs: 2400, errors: [error], resumeCommand })).toMatchObject(
      {
        ...{ id: 'reviews-k3x9qd', duration_seconds: 2, seconds_left: 2 },
        resume_command: 'llm batch --resume',
        errors: [{ code: 'X', message: 'm', count: 2, first_row: 1, sample: { a: 'b' } }],
      },
    )
  })

  it('has null for a time and a command that are not known', () => {
    expect(reportFields({ ...report, leftMs: undefined, resumeCommand: undefined })).toMatchObject({
      seconds_left: null,
      resume_command: null,
      errors: [],
    })
  })
})

describe('jsonDocument', () => {
  it('is on several lines, the last one whole', () => {
    expect(jsonDocument({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n')
  })
})
