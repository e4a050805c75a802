import { type FindHeaderOptions, findHeader } from '../../../lib/source/table/find-header.js'

/** What the parser is begun with, and the text it gets. */
function find(pieces: readonly string[], options: FindHeaderOptions = {}) {
  let begun: object | undefined
  let text = ''
  let isEnded = false
  const parsing = findHeader(options, start => {
    begun = start
    return {
      write: piece => {
        text += piece
      },
      end: () => {
        isEnded = true
      },
    }
  })
  for (const piece of pieces) parsing.write(piece)
  parsing.end()
  return { begun, text, isEnded }
}

describe('findHeader', () => {
  it.each<
    [pieces: string[], options: FindHeaderOptions, delimiter: string, line: number, text: string]
  >([
    [['a;b\n', '1;2\n'], {}, ';', 1, 'a;b\n1;2\n'],
    [['"a ""b, c"", d, e";f\n'], {}, ';', 1, '"a ""b, c"", d, e";f\n'],
    [['sep=|\r', '\na|b\n'], {}, '|', 2, 'a|b\n'],
    [['sep=|'], {}, '|', 2, ''],
    [['top\n', 'a\tb\n'], { headerRow: 2 }, '\t', 2, 'a\tb\n'],
    [['top\n', 'a,b'], { headerRow: 2, delimiter: ';' }, ';', 2, 'a,b'],
    [[], {}, ',', 1, ''],
  ])('begins in %j with %j at the header', (pieces, options, delimiter, line, text) => {
    expect(find(pieces, options)).toEqual({ begun: { delimiter, line }, text, isEnded: true })
  })

  it.each([
    [['a,b'], 2, 'the input has only 1 line'],
    [['a,b\n'], 2, 'the input has only 1 line'],
    [['a,b\n'], 3, 'the input has only 1 line'],
    [['top\n', 'a,b'], 5, 'the input has only 2 lines'],
    [[], 2, 'the input has only 0 lines'],
  ])('refuses %j without line %i', (pieces, headerRow, fault) => {
    expect(() => find(pieces, { headerRow })).toThrow(
      expect.objectContaining({
        ...{ code: 'USAGE_INVALID', reach: 'run' },
        message: `--header-row ${headerRow}: ${fault}`,
      }),
    )
  })
})
