import { silenceSqliteWarning } from '../../lib/cli/silence-sqlite-warning.js'

describe('silenceSqliteWarning', () => {
  const emitWarning = process.emitWarning
  afterEach(() => {
    process.emitWarning = emitWarning
  })

  it('keeps back what Node says of its SQLite, and nothing else', () => {
    const emitted: unknown[][] = []
    process.emitWarning = ((...words: unknown[]) => emitted.push(words)) as typeof emitWarning
    silenceSqliteWarning()

    // As Node 22.13 and its successors call it.
    process.emitWarning(
      'SQLite is an experimental feature and might change at any time',
      'ExperimentalWarning',
    )
    process.emitWarning('Something is deprecated', 'DeprecationWarning')

    expect(emitted).toEqual([['Something is deprecated', 'DeprecationWarning']])
  })
})
