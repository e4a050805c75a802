import { PassThrough } from 'node:stream'
import { columnsOf, tableText } from '../../../lib/cli/text/table-text.js'

const columns = [
  { title: 'ID' },
  { title: 'INPUT', least: 6, cut: 'start' as const },
  { title: 'N', align: 'right' as const },
  { title: 'WHEN', isOptional: true as const },
]
const rows = [
  ['a', '/a/long/path/of.csv', '12', 'today'],
  ['bb', 'x.csv', '3', ''],
]
const widest = (text: string) => Math.max(...text.split('\n').map(line => line.length))

describe('tableText', () => {
  it('puts columns below their titles, cutting nothing in a pipe', () => {
    expect(tableText(columns, rows, undefined)).toBe(
      [
        'ID  INPUT                 N  WHEN',
        'a   /a/long/path/of.csv  12  today',
        'bb  x.csv                 3',
        '',
      ].join('\n'),
    )
  })

  it('narrows what may be cut before it leaves anything out', () => {
    const text = tableText(columns, rows, 25)
    expect(text).toContain('a   …th/of.csv  12  today')
    expect(widest(text)).toBe(25)
  })

  it('leaves out what matters least when there is no more to cut, and gives its room to the rest', () => {
    const text = tableText(columns, rows, 20)
    expect(text).toBe('ID  INPUT          N\na   …path/of.csv  12\nbb  x.csv          3\n')
  })

  it('keeps what may not be cut whole, however narrow it gets', () => {
    expect(tableText(columns, rows, 2)).toBe('ID  INPUT    N\na   …f.csv  12\nbb  x.csv    3\n')
  })

  it('lets no control character of a cell reach the terminal', () => {
    expect(tableText([{ title: 'X' }], [['a\u001b[2Jb\nc']], undefined)).toBe('X\nab c\n')
  })

  it('cuts and pads by columns of the terminal, not by characters', () => {
    const titles = [{ title: 'A', least: 4 }, { title: 'B' }]
    expect(tableText(titles, [['日本語', 'x']], 7)).toBe('A     B\n日…   x\n')
    expect(tableText(titles, [['e\u0301👍', 'x']], undefined)).toBe('A    B\ne\u0301👍  x\n')
  })
})

describe('columnsOf', () => {
  it.each([
    ['a terminal', { isTTY: true, columns: 80 }, 80],
    ['a terminal that says 0', { isTTY: true, columns: 0 }, undefined],
    ['a pipe', { columns: 80 }, undefined],
  ])('of %s', (_what, stream, columns) => {
    expect(columnsOf(Object.assign(new PassThrough(), stream))).toBe(columns)
  })
})
