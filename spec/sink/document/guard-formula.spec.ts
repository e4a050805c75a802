import { guardFormula, isFormula } from '../../../lib/sink/document/guard-formula.js'

describe('isFormula', () => {
  it.each([
    '=1+1',
    '+1+1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '－x',
    '＋1',
    '＠x',
    '- a list',
    '=',
    '-1;=2',
    '-1,2,3',
    '+1e',
  ])('is %j', cell => {
    expect(isFormula(cell)).toBe(true)
    expect(guardFormula(cell)).toBe(`'${cell}`)
  })

  it.each(['', 'a=1', ' =1', "'=1", '-5', '+3.2', '-0,5', '-1e-7', '-12%', '-.5', '5-3'])(
    'is not %j',
    cell => {
      expect(isFormula(cell)).toBe(false)
      expect(guardFormula(cell)).toBe(cell)
    },
  )
})
