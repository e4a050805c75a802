import { summaryText } from '../../../lib/cli/text/summary-text.js'
import { BatchError } from '../../../lib/error/batch-error.js'
import { emptyTally } from '../../../lib/row/tally.js'
import type { BatchSummary } from '../../../lib/run/progress.js'

const summary: BatchSummary = {
  batchId: 'reviews-abc123',
  status: 'completed',
  rowsRead: 1234,
  tally: { ...emptyTally, answered: 1234, inputTokens: 12_000, outputTokens: 3400, costUsd: 0.42 },
  price: { kind: 'priced', basis: 'a spec has a price' },
  durationMs: 123_000,
  outputPath: '/tmp/out.csv',
  output: 'all',
  formulas: 0,
  notes: [],
  stopReason: undefined,
}

const capped = (unsettledUsd: number) => ({ settledUsd: 0.42, unsettledUsd, maxCostUsd: 2 })

describe('summaryText', () => {
  const costLine = (tally: object, price: BatchSummary['price'] = summary.price) =>
    summaryText({ ...summary, price, tally: { ...summary.tally, ...tally } })
      .split('\n')
      .slice(1, 3)
  const unknown = { kind: 'unknown', basis: 'the price of m is not known' } as const

  it('shows cached and reasoning tokens as parts of input and output', () => {
    expect(costLine({ cachedInputTokens: 3000, reasoningTokens: 500 })[0]).toBe(
      '2m 03s (10.0 rows/s), 12,000 input (3,000 cached) + 3,400 output (500 reasoning) tokens, $0.42',
    )
  })

  it('says that the cost is unknown, and once how to state a price', () => {
    const said = costLine({ costUsd: undefined, unpricedAnswers: 1234 }, unknown)

    expect(said[0]).toMatch(/ tokens, cost unknown$/)
    expect(said[1]).toBe('  the price of m is not known')
  })

  it('says of how many answers the cost is not in the sum', () => {
    expect(costLine({ costUsd: 0.5, unpricedAnswers: 3 })[0]).toMatch(
      / tokens, at least \$0\.50 \(the cost of 3 answers is unknown\)$/,
    )
  })

  it('says in words that a model costs nothing', () => {
    const free = { kind: 'free', basis: 'm runs on your own machine' } as const

    expect(costLine({ costUsd: 0 }, free)[0]).toMatch(/ tokens, costs nothing$/)
  })

  it('says nothing of a cost if nothing was asked', () => {
    expect(costLine({ recalled: 1234, costUsd: 0 })[0]).toMatch(/ tokens$/)
    expect(costLine({ costUsd: 0, answered: 0, failed: 3 }, unknown)[0]).toMatch(/ tokens$/)
  })

  it('shows failures by kind, the most frequent first, with one message each, safe for a terminal', () => {
    const errors = [
      { code: 'ANSWER_EMPTY', message: 'The answer is empty', firstRowIndex: 6, count: 1 },
      { code: 'REQUEST_REJECTED', message: 'bad\n\u001b[31mthing', firstRowIndex: 0, count: 32 },
    ]
    const tally = { ...emptyTally, answered: 1199, failed: 33, skipped: 2, errors }
    expect(summaryText({ ...summary, tally })).toBe(
      `1,234 rows read = 1,199 answered + 33 failed + 2 skipped
2m 03s (10.0 rows/s), 0 input + 0 output tokens, $0.00
  32 × REQUEST_REJECTED: bad thing (first in row 1)
  1 × ANSWER_EMPTY: The answer is empty (row 7)
Output: /tmp/out.csv
`,
    )
  })

  it('counts answers that a spreadsheet would run, and names the flag that guards', () => {
    expect(summaryText({ ...summary, formulas: 1200 })).toMatch(
      /Output: .*\n1,200 answers would run in a spreadsheet: see --formula-guard\n$/,
    )
    expect(summaryText({ ...summary, formulas: 1 })).toContain('\n1 answer would run')
    expect(summaryText(summary)).not.toContain('spreadsheet')
  })

  it('says what to do about a kind of failure, unless the reason of the stop has said it', () => {
    const errors = [
      {
        code: 'COLUMN_UNEXPECTED',
        message: 'The output has no column for y',
        remedy: 'JSON Lines keep the columns of each: --format jsonl.',
        firstRowIndex: 1,
        count: 12,
      },
    ]
    const tally = { ...emptyTally, failed: 12, errors }
    const line = '  12 × COLUMN_UNEXPECTED: The output has no column for y (first in row 2)\n'
    const remedy = '      JSON Lines keep the columns of each: --format jsonl.\n'
    expect(summaryText({ ...summary, tally })).toContain(line + remedy)
    const stopReason = new BatchError('The first 10 rows all failed alike', {
      code: 'ROWS_FAILING_ALIKE',
      reach: 'run',
      remedy: 'JSON Lines keep the columns of each: --format jsonl. Use --no-fail-fast.',
    })
    const stopped = summaryText({ ...summary, tally, stopReason })
    expect(stopped).toContain(line)
    expect(stopped).not.toContain(remedy)
  })

  it('says how many answers came from earlier runs, and leaves them out of the rate', () => {
    const tally = { ...emptyTally, answered: 300, recalled: 130 }
    const text = summaryText({ ...summary, rowsRead: 300, tally, durationMs: 10_000 })
    expect(text).toContain(
      '300 rows read = 300 answered (130 by earlier runs) + 0 failed + 0 skipped\n10 s (17.0 rows/s)',
    )
  })

  it('says how many answers were not asked for, and leaves them out of the rate', () => {
    const tally = { ...emptyTally, answered: 300, recalled: 20, cached: 100, deduped: 10 }
    const text = summaryText({ ...summary, rowsRead: 300, tally, durationMs: 10_000 })
    expect(text).toContain(
      '300 answered (20 by earlier runs, 100 from the cache, 10 equal prompts) + 0 failed + 0 skipped\n10 s (17.0 rows/s)',
    )
    const one = summaryText({ ...summary, tally: { ...emptyTally, answered: 2, deduped: 1 } })
    expect(one).toContain('2 answered (1 equal prompt) +')
  })

  it('adds up the rarest kinds of many', () => {
    const errors = Array.from({ length: 12 }, (_, index) => ({
      code: `CODE_${index}`,
      message: 'm',
      firstRowIndex: index,
      count: 100 - index,
    }))
    const text = summaryText({ ...summary, tally: { ...emptyTally, failed: 1134, errors } })
    expect(text).toContain('CODE_9')
    expect(text).not.toContain('CODE_10')
    expect(text).toContain('179 more failed rows of other kinds')
  })

  it('says of an old output that it is one, and names none that is not there', () => {
    expect(summaryText({ ...summary, output: 'as-before' })).toMatch(
      /\nOutput: \/tmp\/out\.csv \(as before\)\n$/,
    )
    expect(summaryText({ ...summary, output: 'none' })).not.toContain('Output:')
  })

  it('has no output line for standard output, and no rate for no time', () => {
    const text = summaryText({ ...summary, outputPath: undefined, durationMs: 0, rowsRead: 1 })
    expect(text).toBe(
      '1 row read = 1,234 answered + 0 failed + 0 skipped\n0.0 s, 12,000 input + 3,400 output tokens, $0.42\n',
    )
  })

  it.each<[string, Partial<BatchSummary>, string]>([
    ['its cap', { capped: capped(0) }, '\nSpent $0.42 of --max-cost $2.00\n'],
    [
      'calls that may be billed',
      { capped: capped(0.25) },
      ' of --max-cost $2.00; calls without an answer may have cost up to $0.25 more\n',
    ],
    [
      'an answer that may be cut',
      { tally: { ...summary.tally, unknownEndings: 1 } },
      '\n1 answer ended for a reason that is not known, and may be cut\n',
    ],
    ['a note, safe for a terminal', { notes: ['a\u001b[2Jb'] }, '\nab\nOutput: '],
  ])('says of %s', (_what, change, shown) => {
    expect(summaryText({ ...summary, ...change })).toContain(shown)
  })

  it('has no word of a cap or of endings if there is nothing to say', () => {
    expect(summaryText(summary)).not.toMatch(/--max-cost|ended for/)
  })

  it('writes a remedy as it is to be typed', () => {
    const remedy = 'See llm batch --help.'
    const errors = [{ code: 'X', message: 'm', remedy, firstRowIndex: 0, count: 1 }]
    const tally = { ...emptyTally, failed: 1, errors }
    expect(summaryText({ ...summary, tally }, text => `npx ${text}`)).toContain(
      `\n      npx ${remedy}\n`,
    )
  })
})
