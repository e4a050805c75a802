import {
  checkAnswerColumns,
  checkAnswerFits,
  checkColumnsFit,
} from '../../../lib/sink/document/check-answer-columns.js'

const responseColumn = 'response'

describe('checkColumnsFit', () => {
  const check = checkColumnsFit(['id', 'text'])

  it('refuses a row that would lose a column, before it is paid for', () => {
    expect(() => check({ id: 1, extra: 2, more: 3 })).toThrow(
      expect.objectContaining({
        code: 'COLUMN_UNEXPECTED',
        reach: 'row',
        message: 'The output has no column for extra, more',
        remedy: expect.stringContaining('--format jsonl'),
      }),
    )
  })

  it('accepts a row with some of the columns, in any order', () => {
    expect(() => check({ text: 'a', id: 1 })).not.toThrow()
    expect(() => check({})).not.toThrow()
  })
})

describe('checkAnswerColumns', () => {
  const naming = { columns: ['id', 'cost_usd'], responseColumn, usageColumns: true }

  it.each([
    [{ columns: ['response'] }, 'The input already has a column "response"'],
    [{}, 'The input already has a column "cost_usd"'],
    [
      { columns: [], responseColumn: 'cost_usd' },
      '--usage-columns has a column "cost_usd" of its own',
    ],
  ])('refuses names that would be there twice: %j', (changes, message) => {
    expect(() => checkAnswerColumns({ ...naming, ...changes }, 'jsonl')).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', reach: 'run', message }),
    )
  })

  it.each([
    [{ columns: ['why'] }, 'The input already has a column "why"'],
    [
      { columns: [], usageColumns: true, errorColumn: 'cost_usd' },
      '--error-column=cost_usd has the name of a column of the answers',
    ],
    [
      { columns: [], errorColumn: 'response' },
      '--error-column=response has the name of a column of the answers',
    ],
  ])('refuses a column of errors in a table whose name is taken: %j', (changes, message) => {
    const errors = { responseColumn, errorColumn: 'why', ...changes }

    expect(() => checkAnswerColumns(errors, 'csv')).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        message,
        remedy: `Name another column for the errors: --error-column=${errors.errorColumn}_2.`,
      }),
    )
    expect(() => checkAnswerColumns(errors, 'jsonl')).not.toThrow()
  })

  it('minds the names of usage columns only if there are any', () => {
    expect(() => checkAnswerColumns({ ...naming, usageColumns: false }, 'jsonl')).not.toThrow()
  })
})

describe('checkAnswerFits', () => {
  it('refuses a row that has a column with the name of the response', () => {
    expect(() => checkAnswerFits({ responseColumn })({ response: 'mine' })).toThrow(
      expect.objectContaining({ code: 'COLUMN_UNEXPECTED', reach: 'row' }),
    )
    expect(() => checkAnswerFits({ responseColumn })({ text: 'mine' })).not.toThrow()
    expect(() => checkAnswerFits({ responseColumn, usageColumns: true })({ cost_usd: 1 })).toThrow(
      'The row already has a column "cost_usd"',
    )
  })
})

describe('checkAnswerColumns of a table by property', () => {
  const shape = { properties: ['mood'], hasResponse: false, isExploded: false }

  it('lets the input have a column with the name of the response, which is not written', () => {
    const naming = { columns: ['response'], responseColumn, shape }
    expect(() => checkAnswerColumns(naming, 'csv')).not.toThrow()
    expect(() => checkAnswerColumns(naming, 'jsonl')).toThrow(
      'The input already has a column "response"',
    )
    expect(() =>
      checkAnswerColumns({ ...naming, shape: { ...shape, hasResponse: true } }, 'csv'),
    ).toThrow('The input already has a column "response"')
  })
})
