import { statusLine, statusText } from '../../../lib/cli/text/status-text.js'
import type { BatchReport } from '../../../lib/report/batch-report.js'
import { makeStoredBatch } from '../make-stored-batch.js'

const folder = '/home/ada'
const running: BatchReport = {
  batch: makeStoredBatch(),
  durationMs: 123_000,
  leftMs: 876_600,
  errors: [],
  resumeCommand: undefined,
}

describe('statusText', () => {
  it('shows a running batch: how far, how fast, how long still, what limits it', () => {
    expect(statusText(running, folder)).toBe(`reviews-k3x9qd: running
  input      reviews.csv
  output     out.csv
  model      gpt-4o-mini
  started    2026-11-23 10:20, for 2m 03s
  rows       1,234 of 10,000 rows: 1,200 answered, 34 failed, 0 skipped
  rate       600 rows a minute
  time left  about 14m 37s
  now        waiting for tokens per minute (anthropic), 12 s
  tokens     5,000 input + 700 output
  cost       $0.028
`)
  })

  it('shows one that ended: errors by kind with a sample row, and how to go on', () => {
    const batch = makeStoredBatch({
      status: 'failed',
      isProcessGone: true,
      inputFile: '-',
      outputFile: undefined,
      costUsd: 1.5,
    })
    const text = statusText(
      {
        ...running,
        batch,
        leftMs: undefined,
        errors: [
          {
            code: 'REQUEST_REJECTED',
            message: 'No.',
            count: 30,
            firstRowIndex: 1,
            columns: { name: 'Ada', more: ['x'] },
          },
          {
            code: 'CALL_TIMED_OUT',
            message: 'Late.',
            count: 4,
            firstRowIndex: 998,
            columns: {},
          },
        ],
        resumeCommand: 'llm batch - --resume --batch-id x',
      },
      folder,
    )
    expect(text).toMatch(
      /^reviews-k3x9qd: failed, its process is gone\n {2}input +standard input\n/,
    )
    expect(text).toMatch(/output +standard output\n/)
    expect(text).toMatch(/took 2m 03s\n/)
    expect(text).toMatch(/cost +\$1\.50\n/)
    expect(text).not.toMatch(/waiting|a minute/)
    expect(text).toContain(`Errors:
  30 × REQUEST_REJECTED: No.
      as row 2: name=Ada, more=…
  4 × CALL_TIMED_OUT: Late.
      as row 999
Resume with (with the same input on standard input): llm batch - --resume --batch-id x
`)
  })

  it('cuts lines to the terminal, except for the command, which is to be pasted', () => {
    const batch = makeStoredBatch({ inputFile: `/x/${'long'.repeat(30)}`, status: 'paused' })
    const command = `llm batch /x/${'long'.repeat(30)} --resume`
    const lines = statusText({ ...running, batch, resumeCommand: command }, folder, 40)
      .trimEnd()
      .split('\n')
    expect(lines.at(-1)).toContain(command)
    for (const line of lines.slice(0, -1)) expect(line.length).toBeLessThanOrEqual(40)
  })

  it('lets no control character of a row or a path reach the terminal', () => {
    const error = {
      code: 'X',
      message: 'm\u001b[31m\r',
      count: 1,
      firstRowIndex: 0,
      columns: { 'a\u0007': '\u001b]0;title\u0007b\nc' },
    }
    const batch = makeStoredBatch({ model: '\u001b[2Jx', bottleneck: 'a\u009bb' })
    expect(statusText({ ...running, batch, errors: [error] }, folder)).not.toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
    )
  })
})

describe('statusText of a batch', () => {
  const cap = 'waiting for room under --max-cost'
  const config = { maxCostUsd: 2 }
  const long = {
    code: 'X',
    message: 'No.',
    count: 1,
    firstRowIndex: 0,
    columns: { a: 'é'.repeat(70) },
  }

  it.each<[string, Partial<BatchReport['batch']>, string]>([
    ['paused by its cap', { status: 'paused', bottleneck: cap }, `: paused, ${cap}\n`],
    ['paused by a limit', { status: 'paused' }, ': paused\n'],
    ['that was asked to stop', { isStopAsked: true }, ': running, asked to stop\n'],
    ['with a cap', { config }, '  cap        $2.00 (--max-cost)\n'],
    [
      'with calls that may be billed',
      { config, unsettledUsd: 0.25 },
      '(--max-cost); calls without an answer may have cost up to $0.25 more\n',
    ],
    ['that was free', { costUsd: 0 }, '  cost       nothing\n'],
    [
      'of unknown cost',
      { costUsd: undefined, unpricedAnswers: 1200 },
      '  cost       unknown: state the price of gpt-4o-mini under prices: in batch-config.yaml\n',
    ],
    ['that is slow', { ratePerMinute: 0.25 }, '  rate       0.3 rows a minute\n'],
    ['of unknown speed', { ratePerMinute: undefined }, 'skipped\n  time left'],
    ['of unknown length', { totalPrompts: undefined }, '  rows       1,234 rows: 1,200 answered'],
  ])('%s', (_which, said, shown) => {
    const batch = makeStoredBatch(said)
    expect(statusText({ ...running, batch }, folder)).toContain(shown)
  })

  it('leaves out a cost that nothing has had yet', () => {
    const batch = makeStoredBatch({ costUsd: 0, inputTokens: 0, completedPrompts: 0 })
    expect(statusText({ ...running, batch }, folder)).not.toContain('  cost ')
  })

  it('shows the start of a long value, and an object or null as what it is', () => {
    const errors = [long, { ...long, columns: { a: null, b: { c: 1 } } }]
    const text = statusText({ ...running, errors }, folder)
    expect(text).toContain(`      as row 1: a=${'é'.repeat(60)}…\n`)
    expect(text).toContain('      as row 1: a=null, b=…\n')
  })
})

describe('statusLine', () => {
  it('is one line for a log', () => {
    expect(statusLine(running)).toBe(
      'reviews-k3x9qd running · 1,234 of 10,000 rows · 34 failed · 600 rows a minute · 14m 37s left · waiting for tokens per minute (anthropic), 12 s',
    )
    const fresh = makeStoredBatch({
      totalPrompts: undefined,
      failedPrompts: 0,
      ratePerMinute: undefined,
      bottleneck: undefined,
      completedPrompts: 1,
    })
    expect(statusLine({ ...running, batch: fresh, leftMs: undefined })).toBe(
      'reviews-k3x9qd running · 1 row',
    )
  })
})
