import { PassThrough } from 'node:stream'
import { batchTable } from '../../../lib/cli/text/batch-table.js'
import { fakeClock } from '../../support/fake-clock.js'
import { fakeTerminal } from '../fake-terminal.js'
import { makeStoredBatch, startedMs } from '../make-stored-batch.js'

const pipe = new PassThrough()
const clock = { ...fakeClock(), nowMs: () => startedMs + 90_000 }
const options = { clock, workingDirectory: '/home/ada' }

describe('batchTable', () => {
  it('has a line a batch: id, status, input, model, done/total, failed, cost, started, how long', () => {
    const stdin = makeStoredBatch({
      id: 'nightly',
      status: 'completed',
      inputFile: '-',
      totalPrompts: undefined,
      costUsd: 0.0042,
    })
    const lines = batchTable([makeStoredBatch(), stdin], pipe, options).split('\n')
    expect(lines.map(line => line.split(/ {2,}/))).toEqual([
      ['ID', 'STATUS', 'INPUT', 'MODEL', 'DONE', 'FAILED', 'TOKENS', 'COST', 'STARTED', 'TOOK'],
      [
        ...[
          'reviews-k3x9qd',
          'running',
          'reviews.csv',
          'gpt-4o-mini',
          '1,234/10,000',
          '34',
          '5.70k',
          '$0.028',
        ],
        ...['2026-11-23 10:20', '1m 30s'],
      ],
      [
        ...['nightly', 'completed', 'stdin', 'gpt-4o-mini', '1,234', '34', '5.70k', '$0.0042'],
        ...['2026-11-23 10:20', '1m 00s'],
      ],
      [''],
    ])
  })

  it('fits a narrow terminal, and keeps ids whole', () => {
    const long = makeStoredBatch({ inputFile: `/data/${'deep/'.repeat(20)}reviews.csv` })
    const text = batchTable([long], fakeTerminal(80), options)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(text).toContain('reviews-k3x9qd')
    expect(text).toContain('reviews.csv')
  })

  it('says of which batches the process is gone', () => {
    const gone = makeStoredBatch({ status: 'failed', isProcessGone: true })
    expect(batchTable([gone], pipe, options)).toContain(
      'Failed because its process is gone: reviews-k3x9qd\n',
    )
  })
})
