import { PassThrough } from 'node:stream'
import { batchTable } from '../../../lib/cli/text/batch-table.js'
import { fakeClock } from '../../support/fake-clock.js'
import { fakeTerminal } from '../fake-terminal.js'
import { makeStoredBatch, startedMs } from '../make-stored-batch.js'

const pipe = new PassThrough()
const clock = { ...fakeClock(), nowMs: () => startedMs + 90_000 }
const options = { clock, workingDirectory: '/home/ada' }

describe('batchTable', () => {
  it('has a line a batch, with columns in the order of importance', () => {
    const stdin = makeStoredBatch({
      id: 'nightly',
      status: 'completed',
      inputFile: '-',
      totalPrompts: undefined,
      costUsd: 0.0042,
    })
    const lines = batchTable([makeStoredBatch(), stdin], pipe, options).split('\n')
    expect(lines.map(line => line.split(/ {2,}/))).toEqual([
      [
        ...['ID', 'STATUS', 'DONE', 'FAILED', 'STARTED', 'TOOK', 'MODEL', 'INPUT', 'OUTPUT'],
        ...['TOKENS', 'COST'],
      ],
      [
        ...['reviews-k3x9qd', 'running', '1,234/10,000', '34', '2026-11-23 10:20', '1m 30s'],
        ...['gpt-4o-mini', 'reviews.csv', 'out.csv', '5.70k', '$0.028'],
      ],
      [
        ...['nightly', 'completed', '1,234', '34', '2026-11-23 10:20', '1m 00s'],
        ...['gpt-4o-mini', 'stdin', 'out.csv', '5.70k', '$0.0042'],
      ],
      [''],
    ])
  })

  it.each([
    [25, ['ID', 'STATUS']],
    [40, ['ID', 'STATUS', 'DONE']],
    [80, ['ID', 'STATUS', 'DONE', 'FAILED', 'STARTED', 'TOOK']],
    [
      200,
      ['ID', 'STATUS', 'DONE', 'FAILED', 'STARTED', 'TOOK', 'MODEL', 'INPUT', 'OUTPUT'].concat(
        'TOKENS',
        'COST',
      ),
    ],
  ])('has what fits a terminal of %d columns, and whole ids', (width, titles) => {
    const long = makeStoredBatch({ inputFile: `/data/${'deep/'.repeat(20)}reviews.csv` })
    const text = batchTable([long], fakeTerminal(width), options)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width)
    expect(text.split('\n')[0]?.split(/ +/)).toEqual(titles)
    expect(text).toContain('reviews-k3x9qd')
  })

  it('cuts an id that is wider than the terminal', () => {
    const long = makeStoredBatch({ id: 'a'.repeat(64) })
    const lines = batchTable([long], fakeTerminal(25), options).split('\n')
    expect(lines[1]).toBe(`${'a'.repeat(24)}…`)
  })

  it('says of which batches the process is gone', () => {
    const gone = makeStoredBatch({ status: 'failed', isProcessGone: true })
    expect(batchTable([gone], pipe, options)).toContain(
      'Failed because its process is gone: reviews-k3x9qd\n',
    )
  })

  it.each([
    ['is not known', { costUsd: undefined }, 'unknown'],
    ['is known of a part', { costUsd: 1.5, unpricedAnswers: 2 }, '>$1.50'],
    ['is whole', { costUsd: 1.5 }, '$1.50'],
  ])('says of a cost that it %s', (_what, said, cell) => {
    const [, line = ''] = batchTable([makeStoredBatch(said)], pipe, options).split('\n')
    expect(line.split(/ {2,}/).at(-1)).toBe(cell)
  })
})
