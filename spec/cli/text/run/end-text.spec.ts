import { endText } from '../../../../lib/cli/text/run/end-text.js'
import { runError } from '../../../../lib/error/batch-error.js'
import { emptyTally } from '../../../../lib/row/tally.js'
import type { BatchSummary } from '../../../../lib/run/progress.js'

const completed: BatchSummary = {
  batchId: 'b',
  status: 'completed',
  rowsRead: 3,
  tally: { ...emptyTally, answered: 3 },
  price: { kind: 'free', basis: 'a spec costs nothing' },
  durationMs: 1,
  outputPath: 'out.csv',
  output: 'all',
  formulas: 0,
  notes: [],
  stopReason: undefined,
}
const failed = (count: number): Partial<BatchSummary> => ({
  status: 'failed',
  tally: { ...emptyTally, answered: 3, failed: count },
})

function said(reason: unknown, change: Partial<BatchSummary> | undefined, isQuiet?: boolean) {
  return endText({
    reason,
    summary: change && { ...completed, ...change },
    command: 'llm batch --resume',
    environment: {},
    asCalled: text => text.replaceAll('llm batch', 'npx llm batch'),
    ...(isQuiet === undefined ? {} : { isQuiet }),
  })
}

const resume = 'Resume with: llm batch --resume\n'
const interrupted = runError('RUN_INTERRUPTED', 'Interrupted')
const recorded = 'All answers are recorded;'

describe('endText', () => {
  it.each<[string, Partial<BatchSummary> | undefined, string]>([
    ['a whole file', {}, 'The output is valid and has all answers so far.'],
    ['a whole stream', { outputPath: undefined }, 'The output has all answers so far.'],
    ['a part', { output: 'part' }, `${recorded} the output has a part of them.`],
    ['an older output', { output: 'as-before' }, `${recorded} the output is as before.`],
    ['no output', { output: 'none' }, `${recorded} there is no output.`],
    ['a throw', undefined, `${recorded} there is no output.`],
  ])('says what an interrupted run leaves: %s', (_what, change, left) => {
    const isRefused = change === undefined
    expect(said(interrupted, change)).toBe(`Interrupted. ${left}\n${isRefused ? '' : resume}`)
  })

  it.each([
    [
      'its remedy as it is to be typed',
      'Use llm batch --max-cost 2.',
      'Use npx llm batch --max-cost 2.',
    ],
    ['no remedy', undefined, ''],
  ])('says that the cap was reached, with %s', (_what, remedy, shown) => {
    const reached = runError('COST_CAP_REACHED', 'The cap is reached', remedy)
    expect(said(reached, { status: 'paused', output: 'part' })).toBe(
      `Paused. The cap is reached.\n${recorded} the output has a part of them.\n${shown}\n${resume}`,
    )
  })

  it('offers to resume a stopped run, but not a batch that was refused and never recorded', () => {
    const wrong = runError('KEY_INVALID', 'The key is wrong', 'See llm batch --help.')
    const shown = said(wrong, undefined)
    expect(shown).toContain('The key is wrong')
    expect(shown).toContain('See npx llm batch --help.')
    expect(shown).not.toContain('Resume')
    expect(said(wrong, { status: 'failed' })).toBe(shown + resume)
  })

  it('offers to resume after a defect, which may come after answers', () => {
    expect(said(new TypeError('x is not a function'), undefined)).toMatch(
      /x is not a function[\s\S]*Resume with: llm batch --resume\n$/,
    )
  })

  it('says nothing to a reader who is gone', () => {
    expect(said(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), {})).toBe('')
  })

  const again = (rows: string, them: string) =>
    `Batch b: ${rows} failed. Ask ${them} again with: llm batch --resume\n`

  it.each<[string, Partial<BatchSummary> | undefined, boolean | undefined, string]>([
    ['nothing of a completed batch', {}, undefined, ''],
    ['nothing of a completed batch, quietly', {}, true, ''],
    ['how to ask one row again', failed(1), undefined, again('1 row', 'it')],
    ['how to ask rows again', failed(2), false, again('2 rows', 'them')],
    ['the same quietly', failed(2), true, again('2 rows', 'them')],
    [
      'that --limit is used up',
      { status: 'paused' },
      undefined,
      `Paused: this run took the rows of --limit. The output is valid and has all answers so far.\n${resume}`,
    ],
    ['how to resume what is not known', undefined, true, resume],
  ])('says %s', (_what, change, isQuiet, text) => {
    expect(said(undefined, change, isQuiet)).toBe(text)
  })
})
