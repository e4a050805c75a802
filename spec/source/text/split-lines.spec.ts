import { splitLines } from '../../../lib/source/text/split-lines.js'

describe('splitLines', () => {
  it.each([
    [
      ['a\r', '', '\nb'],
      ['a', 'b'],
    ],
    [
      ['a\r', 'b'],
      ['a', 'b'],
    ],
    [['a\r\nb\rc\n\nd'], ['a', 'b', 'c', '', 'd']],
    [
      ['\ufeffa\n', '\ufeffb\n'],
      ['a', 'b'],
    ],
    [[], []],
  ])('gives the lines of %j', (pieces, lines) => {
    const given: [string, number][] = []
    const splitting = splitLines((line, number) => given.push([line, number]))
    for (const piece of pieces) splitting.write(piece)
    splitting.end()

    expect(given).toEqual(lines.map((line, at) => [line, at + 1]))
  })
})
