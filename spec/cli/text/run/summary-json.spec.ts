import { summaryJson } from '../../../../lib/cli/text/run/summary-json.js'
import { runError } from '../../../../lib/error/batch-error.js'
import { emptyTally } from '../../../../lib/row/tally.js'
import type { BatchSummary } from '../../../../lib/run/progress.js'

const completed: BatchSummary = {
  batchId: 'b',
  status: 'completed',
  rowsRead: 3,
  tally: { ...emptyTally, answered: 3, costUsd: 0.5 },
  price: { kind: 'free', basis: 'a spec costs nothing' },
  durationMs: 1234.5,
  outputPath: 'out.csv',
  output: 'all',
  formulas: 0,
  notes: [],
  stopReason: undefined,
}

function fields(change: Partial<BatchSummary> = {}, reason?: unknown): unknown {
  const line = summaryJson({
    summary: { ...completed, ...change },
    modelId: 'm',
    warnings: ['w'],
    reason,
    command: 'llm batch --resume',
    exitCode: 3,
    asCalled: text => `npx ${text}`,
  })
  expect(line.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(line)
}

const errors = [
  { code: 'X', message: 'm', remedy: 'llm a', count: 2, firstRowIndex: 0 },
  { code: 'Y', message: 'n', count: 1, firstRowIndex: 8 },
]
const capped = { settledUsd: 0.5, unsettledUsd: 0.25, maxCostUsd: 2 }

describe('summaryJson', () => {
  it.each<[string, Partial<BatchSummary>, object]>([
    [
      'a whole batch',
      {},
      {
        ...{ id: 'b', status: 'completed', exit_code: 3, model: 'm', output_file: 'out.csv' },
        ...{ cost_usd: 0.5, max_cost_usd: null, unsettled_usd: null, duration_seconds: 1.235 },
        ...{ errors: [], warnings: ['w'], stopped_by: null, resume_command: null },
      },
    ],
    ['standard output', { outputPath: undefined }, { output_file: null }],
    ['an unknown cost', { tally: { ...emptyTally, costUsd: undefined } }, { cost_usd: null }],
    ['a cap', { capped }, { max_cost_usd: 2, unsettled_usd: 0.25 }],
    ['a batch to resume', { status: 'paused' }, { resume_command: 'llm batch --resume' }],
    [
      'failures',
      { tally: { ...emptyTally, failed: 3, errors } },
      {
        errors: [
          { code: 'X', message: 'm', remedy: 'npx llm a', count: 2, first_row: 1 },
          { code: 'Y', message: 'n', remedy: null, count: 1, first_row: 9 },
        ],
      },
    ],
  ])('of %s', (_what, change, expected) => expect(fields(change)).toMatchObject(expected))

  it.each<[string, unknown, object]>([
    [
      'an error of ours',
      runError('KEY_INVALID', 'wrong', 'llm keys set'),
      { code: 'KEY_INVALID', message: 'wrong', remedy: 'npx llm keys set' },
    ],
    ['one without a remedy', runError('X' as 'KEY_INVALID', 'x'), { code: 'X', remedy: null }],
    ['a defect', new TypeError('bug'), { code: null, message: 'bug', remedy: null }],
    ['a thrown text', 'bug', { code: null, message: 'bug', remedy: null }],
  ])('says what stopped it: %s', (_what, reason, expected) => {
    expect(fields({ status: 'failed' }, reason)).toMatchObject({ stopped_by: expected })
  })
})
