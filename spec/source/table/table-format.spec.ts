import { looksLikeHeader, tableFormat } from '../../../lib/source/table/table-format.js'

describe('tableFormat', () => {
  it.each<[first: string, second: string | undefined, format: string]>([
    ['sep=;', undefined, 'csv'],
    ['id\tname', undefined, 'tsv'],
    ['"What ""is"" it, really?",b', undefined, 'csv'],
    ['"What is it?" he said, and left', 'He did.', 'text'],
    ['How are you?,Fine!', undefined, 'unsure'],
    ['How are you?,Fine!', 'a,b', 'csv'],
    ['How are you?,Fine!', 'a', 'text'],
    ['How are you?,Fine!', '"it goes on,', 'csv'],
    ['How are you?,Fine!', 'a,b,"it goes on', 'text'],
    ['How are you?,Fine!', '"a" word, so', 'text'],
    ['How are you?,Fine!', '', 'text'],
  ])('takes %j before %j for %s', (first, second, format) => {
    expect(tableFormat(first, second)).toBe(format)
  })
})

describe('looksLikeHeader', () => {
  it.each([
    ['Prompt', true],
    ['"a",b', true],
    ['"a" b,c', false],
    ['One sentence.', false],
  ])('judges %j: %s', (line, isHeader) => {
    expect(looksLikeHeader(line)).toBe(isHeader)
  })
})
