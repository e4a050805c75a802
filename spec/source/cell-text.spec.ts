import { cellText } from '../../lib/source/cell-text.js'

describe('cellText', () => {
  it.each([
    ['nothing', undefined, ''],
    ['text', ' a ', ' a '],
    ['a whole number', 12, '12'],
    ['a fraction', 12.5, '12.5'],
    ['the noise of a sum', 0.1 + 0.2, '0.3'],
    ['a large whole number', 1234567890123456, '1234567890123456'],
    ['a number that is none', Number.NaN, ''],
    ['yes', true, 'TRUE'],
    ['no', false, 'FALSE'],
    ['a day', new Date(Date.UTC(2026, 10, 23)), '2026-11-23'],
    ['a time', new Date(Date.UTC(2026, 10, 23, 9, 5, 7)), '2026-11-23T09:05:07'],
    ['a date that is none', new Date(Number.NaN), ''],
    ['an error', { error: '#N/A' }, '#N/A'],
    ['a formula', { formula: 'A1*2', result: 24 }, '24'],
    ['a formula of text', { formula: 'A1&"x"', result: 'ax' }, 'ax'],
    ['a formula that gives an error', { formula: '1/0', result: { error: '#DIV/0!' } }, '#DIV/0!'],
    ['a formula never calculated', { formula: 'A1' }, ''],
  ])('writes %s as a spreadsheet would to CSV', (_name, value, text) => {
    expect(cellText({ value })).toBe(text)
  })

  it.each([
    ['yyyy-mm-dd', '2026-11-23'],
    ['dd/mm/yyyy hh:mm', '2026-11-23'],
    ['0.00', '46349'],
    ['General', '46349'],
    ['"days" 0', '46349'],
    ['0 \\d', '46349'],
    ['bbbb', '2026-11-23'],
    ['[Red]0', '46349'],
    [undefined, '46349'],
  ])('takes what a formula gives for a date by its format %s', (numFmt, text) => {
    expect(cellText({ value: { formula: 'TODAY()', result: 46349 }, numFmt })).toBe(text)
  })
})
