import { cellText } from '../../../lib/source/xlsx/cell-text.js'
import { parseNumberFormat } from '../../../lib/source/xlsx/number-format.js'

const formatted = (value: number, code: string | undefined) =>
  cellText({ value, format: code === undefined ? undefined : parseNumberFormat(code) })

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
    expect(formatted(46349, numFmt)).toBe(text)
  })

  it.each([
    ['a time of a day', 46349 + (9 * 3600 + 5 * 60 + 7) / 86_400, '2026-11-23T09:05:07'],
    ['a value without a day', 0.5, '12:00:00'],
    ['nothing, which spreadsheets show as 0 January', 0, '00:00:00'],
    ['a day before all others', -1, '1899-12-29'],
    ['a date that is none', Number.NaN, ''],
    ['a date beyond all calendars', 1e12, ''],
  ])('writes %s as ISO 8601', (_name, value, text) => {
    expect(formatted(value, 'yyyy-mm-dd hh:mm:ss')).toBe(text)
  })

  it.each<[code: string, value: number, text: string]>([
    ['h:mm', 0.5, '12:00'],
    ['hh:mm', 0.375, '09:00'],
    ['h:mm;@', 0.375, '9:00'],
    ['h:mm:ss', 0.5 + 1 / 86_400, '12:00:01'],
    ['h:mm', 46349.5, '12:00'],
    ['h:mm', 0.5 + 59.9 / 86_400, '12:00'],
    ['h:mm:ss', 59.6 / 86_400, '0:01:00'],
    ['h:mm', 0.520833333333333, '12:30'],
    ['[h]:mm:ss', 25.5 / 24, '25:30:00'],
    ['[h]:mm', 25.5 / 24, '25:30'],
    ['[hh]:mm:ss', 1 / 24, '01:00:00'],
    ['[h]', 100, '2400'],
    ['[mm]:ss', 1.5 / 24, '90:00'],
    ['[m]', 1.5 / 24, '90'],
    ['[ss]', 1 / 24, '3600'],
    ['[s].00', 1.25 / 86_400, '1.25'],
    ['mm:ss', 61 / 86_400, '01:01'],
    ['mm:ss.0', 61.25 / 86_400, '01:01.3'],
    ['ss.000', 1.0625 / 86_400, '01.063'],
    ['h:mm AM/PM', 0.5, '12:00 PM'],
    ['h:mm AM/PM', 0, '12:00 AM'],
    ['h:mm:ss\\ AM/PM', 0.75, '6:00:00 PM'],
    ['hh:mm A/P', 0.25, '06:00 A'],
    ['[$-F400]h:mm:ss\\ AM/PM', 0.25, '6:00:00 AM'],
    ['上午/下午h"时"mm"分"', 0.75, '下午6时00分'],
    ['h"時"mm"分"ss"秒"', 0.5, '12時00分00秒'],
    ['[h] "hours" m "minutes"', 1.25, '30 hours 0 minutes'],
    ['[Red]h:mm', 0.5, '12:00'],
    ['[h]:mm', -1.5 / 24, '-1:30'],
    ['[h]:mm', Number.NaN, ''],
  ])('writes a time or duration as %s shows it, of %d days', (code, value, text) => {
    expect(formatted(value, code)).toBe(text)
  })

  it.each(['mm', 'm', 'mmm', 'mm/yy', 'd"d"', 'h:mm d', 'yyyy h:mm', 'mmm:ss'])(
    'reads months and days in %s',
    code => {
      expect(formatted(46349, code)).toBe('2026-11-23')
    },
  )

  it.each(['0.00E+00', '#,##0 "h"', '#,##0_d', '0*d', '0;[Red]-0', '@', '', '"', '[', '\\'])(
    'takes %s for the format of a number',
    code => {
      expect(formatted(46349, code)).toBe('46349')
    },
  )

  it('never takes a text or a boolean as a date', () => {
    const format = parseNumberFormat('yyyy')
    expect(cellText({ value: '46349', format })).toBe('46349')
    expect(cellText({ value: true, format })).toBe('TRUE')
  })

  it('counts days from 1904 if the workbook does', () => {
    const as = (code: string) => ({ format: parseNumberFormat(code), isFrom1904: true })
    expect(cellText({ value: 46349, ...as('yyyy') })).toBe('2030-11-24')
    expect(cellText({ value: 46349, ...as('0') })).toBe('46349')
    expect(cellText({ value: 0, ...as('yyyy') })).toBe('1904-01-01')
  })
})
