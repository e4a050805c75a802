import { type RecordsText, splitRecords } from '../../lib/source/split-records.js'

function split(pieces: readonly string[]) {
  const given: RecordsText[] = []
  const splitting = splitRecords(',', records => given.push(records))
  try {
    for (const piece of pieces) splitting.write(piece)
    splitting.end()
  } catch (error: any) {
    return { given, error }
  }
  return { given, error: undefined }
}

const megabyte = 1024 * 1024

describe('splitRecords', () => {
  it('gives the whole records of a piece before it says that a quote is left open', () => {
    const { given, error } = split(['a\n', '1\n2\n"3\n'])
    expect(given).toEqual([
      { text: 'a\n', lines: [1], fault: undefined },
      { text: '1\n2\n', lines: [2, 3], fault: undefined },
    ])
    expect(error.message).toBe('Line 4: a quote is opened and never closed')
  })

  it('gives the whole records of a piece before one that is too large', () => {
    const { given, error } = split([`a\n1\n${'x'.repeat(16 * megabyte + 1)}\n2\n`])
    expect(given.map(({ text }) => text)).toEqual(['a\n1\n'])
    expect(error.message).toBe('Line 3: a field is larger than 16 MB')
  })

  it('gives a record with text after a closing quote alone, up to the field that is bad', () => {
    const { given, error } = split(['a,b\n1,"2', '"x"",3\n4,', '5\n'])
    expect(error).toBeUndefined()
    expect(given).toEqual([
      { text: 'a,b\n', lines: [1], fault: undefined },
      { text: '1,', lines: [2], fault: 'text after a closing quote' },
      { text: '4,5\n', lines: [3], fault: undefined },
    ])
  })

  it('stops a field that grows over 16 MB, long before its end', () => {
    const splitting = splitRecords(',', () => {})
    const piece = 'x'.repeat(megabyte)
    let written = 0
    const write = () => {
      splitting.write('a,b\n1,"')
      for (; written < 100; written += 1) splitting.write(piece)
    }
    expect(write).toThrow('Line 2: a field is larger than 16 MB')
    expect(written).toBe(16)
  })

  it('stops a field over 16 MB that comes in one piece, and names an open quote as a cause', () => {
    const long = 'x'.repeat(16 * megabyte + 1)
    expect(split([`1,${long},3\n`]).error).toMatchObject({ code: 'FIELD_TOO_LARGE', reach: 'run' })
    expect(split([`1,"${long}",3\n`]).error.remedy).toContain('never closed')
  })

  it('counts the characters of a field, not the quotes that enclose and double them', () => {
    const quotes = '""'.repeat(8 * megabyte)
    const letters = 'x'.repeat(8 * megabyte)
    expect(split([`1,"${quotes}${letters}",3\n`]).error).toBeUndefined()
    expect(split([`1,"${quotes}${letters}x",3\n`]).error.code).toBe('FIELD_TOO_LARGE')
  })

  it('stops a record over 32 MB of short fields', () => {
    const splitting = splitRecords(',', () => {})
    const write = () => {
      for (let count = 0; count < 100; count += 1) splitting.write(`${'x'.repeat(megabyte - 1)},`)
    }
    expect(write).toThrow('Line 1: a record is larger than 32 MB')
  })

  it('stops a bad record that grows over 32 MB', () => {
    const splitting = splitRecords(',', () => {})
    const write = () => {
      splitting.write('"a"b')
      for (let count = 0; count < 100; count += 1) splitting.write('x'.repeat(megabyte))
    }
    expect(write).toThrow('Line 1: a record is larger than 32 MB')
  })

  it('gives a record that comes in very many pieces once, and whole', () => {
    const pieces = Array.from({ length: 100_000 }, () => 'x,\n')
    const text = `"${pieces.join('')}",2\n`
    const { given } = split(['"', ...pieces, '",2\n'])
    expect(given).toEqual([{ text, lines: [1], fault: undefined }])
  })

  it('gives nothing for blank lines, and counts them', () => {
    expect(split(['\n\r', '\n\r\n', '\na', '\r\n', '\n']).given).toEqual([
      { text: 'a\r\n', lines: [5], fault: undefined },
    ])
  })

  it('takes a CRLF that is cut in two for one line break, of the record before', () => {
    expect(split(['a\r', '\nb\r\n']).given).toEqual([
      { text: 'a\r', lines: [1], fault: undefined },
      { text: 'b\r\n', lines: [2], fault: undefined },
    ])
  })
})
