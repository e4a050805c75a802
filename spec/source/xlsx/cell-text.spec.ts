import { cellText } from '../../../lib/source/xlsx/cell-text.js'

describe('cellText', () => {
  it.each([
    ['nothing', undefined, ''],
    ['text', ' a ', ' a '],
    ['text that looks like a number', '007', '007'],
    ['a whole number', 12, '12'],
    ['zero', 0, '0'],
    ['a fraction', 12.5, '12.5'],
    ['the noise of a sum', 0.1 + 0.2, '0.3'],
    ['a large whole number', 1234567890123456, '1234567890123456'],
    ['a number that is none', Number.NaN, ''],
    ['yes', true, 'TRUE'],
    ['no', false, 'FALSE'],
    ['an error', '#N/A', '#N/A'],
  ])('writes %s as a spreadsheet would to CSV', (_name, value, text) => {
    expect(cellText({ value })).toBe(text)
  })

  it.each([
    ['yyyy-mm-dd', '2026-11-23'],
    ['dd/mm/yyyy hh:mm', '2026-11-23'],
    ['bbbb', '2026-11-23'],
    ['0.00', '46349'],
    ['General', '46349'],
    ['"days" 0', '46349'],
    ['0 \\d', '46349'],
    ['[Red]0', '46349'],
    [undefined, '46349'],
  ])('reads a number with the format %s as a date', (numFmt, text) => {
    expect(cellText({ value: 46349, numFmt })).toBe(text)
  })

  it.each([
    ['a time of a day', 46349 + (9 * 3600 + 5 * 60 + 7) / 86_400, '2026-11-23T09:05:07'],
    ['a time alone', 0.5, '1899-12-30T12:00:00'],
    ['a date that is none', Number.NaN, ''],
    ['a date beyond all calendars', 1e12, ''],
  ])('writes %s as ISO 8601', (_name, value, text) => {
    expect(cellText({ value, numFmt: 'yyyy-mm-dd hh:mm:ss' })).toBe(text)
  })

  it('never takes a text or a boolean as a date', () => {
    expect(cellText({ value: '46349', numFmt: 'yyyy' })).toBe('46349')
    expect(cellText({ value: true, numFmt: 'yyyy' })).toBe('TRUE')
  })

  it('counts days from 1904 if the workbook does', () => {
    expect(cellText({ value: 46349, numFmt: 'yyyy', isFrom1904: true })).toBe('2030-11-24')
    expect(cellText({ value: 46349, numFmt: '0', isFrom1904: true })).toBe('46349')
  })
})
