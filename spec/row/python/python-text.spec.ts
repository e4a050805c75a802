import {
  cutLongText,
  indentText,
  joinSpaces,
  splitLines,
  stripEnd,
  stripLineEnd,
  stripText,
} from '../../../lib/row/python/python-text.js'

describe('stripText', () => {
  it('takes away what Python takes for white space, and nothing else', () => {
    expect(stripText('\x1f \u3000a b\x85\n')).toBe('a b')
    expect(stripText('\ufeffa')).toBe('\ufeffa')
    expect(stripText(' \n ')).toBe('')
    expect(stripEnd(' a \n')).toBe(' a')
  })
})

describe('splitLines and indentText', () => {
  it('cut where Python cuts', () => {
    const lines = ['a\n', 'b\r\n', 'c\r', 'd\x0b', 'e\x1c', 'f\x85', 'g\u2028', 'h']

    expect(splitLines(lines.join(''))).toEqual(lines)
    expect(lines.map(stripLineEnd).join('')).toBe('abcdefgh')
    expect(splitLines('a\n')).toEqual(['a\n'])
    expect(splitLines('')).toEqual([])
  })

  it('leave blank lines as they are', () => {
    expect(indentText('a\n\n  \nb', '  ')).toBe('  a\n\n  \n  b')
  })
})

describe('joinSpaces', () => {
  it('makes one space of each run of white space', () => {
    expect(joinSpaces(' a\n\t b\x85\u2028c ')).toBe(' a b c ')
  })
})

describe('cutLongText', () => {
  it.each([
    ['x'.repeat(10), { most: 10 }, 'x'.repeat(10)],
    ['x'.repeat(11), { most: 10 }, 'xxxxxxx...'],
    ['😀'.repeat(10), { most: 10 }, '😀'.repeat(10)],
    ['😀'.repeat(11), { most: 10 }, `${'😀'.repeat(7)}...`],
    [`a😀${'x'.repeat(20)}`, { most: 10 }, 'a😀xxxxx...'],
    ['abcdefghijklmnop', { most: 11, keepsEnd: true }, 'abc... nop'],
    [`${'a'.repeat(20)}😀😀😀`, { most: 11, keepsEnd: true }, 'aaa... 😀😀😀'],
  ] as const)('cuts %j at code points', (text, options, cut) => {
    expect(cutLongText(text, options)).toBe(cut)
  })
})
