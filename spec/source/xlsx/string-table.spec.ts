import { createStringTable } from '../../../lib/source/xlsx/string-table.js'

describe('createStringTable', () => {
  it('returns every text, in whatever order it is asked', () => {
    const texts = Array.from({ length: 60_000 }, (_, at) => `${at} ${'é語🙂'.repeat(at % 7)}`)
    const packed = createStringTable()
    for (const text of texts) packed.add(text)
    // From the last to the first; a call of `expect` for each would take longer than all else.
    const found = texts.map((_, at) => packed.at(texts.length - 1 - at))
    expect(found.reverse()).toEqual(texts)
  })

  it('keeps empty texts, and texts that are longer than a block', () => {
    const texts = ['', 'a', '語'.repeat(1_000_000), '', 'b', 'c'.repeat(1024 * 1024 - 4), 'd', '']
    const packed = createStringTable()
    for (const text of texts) packed.add(text)
    expect(texts.map((_, at) => packed.at(at) === texts[at])).toEqual(texts.map(() => true))
  })

  it.each([0, 1, -1, 0.5, Number.NaN])('has no text at %d', index => {
    expect(createStringTable().at(index)).toBeUndefined()
  })
})
