import fc from 'fast-check'
import { fencedBlock } from '../../lib/row/fenced-block.js'

/** llm's expression, as JavaScript has it. */
const block = /(?<![^\n])(`{3,})([\p{L}\p{N}_]+)?\r?\n([\s\S]*?)(?<![^\n])\1 *(?=\r?\n|$)/gu
const textOfFences = fc
  .array(fc.constantFrom('```', '````', '`', 'py', 'x', ' ', '\n', '\n', '\r\n', '\r'), {
    maxLength: 30,
  })
  .map(parts => parts.join(''))

describe('fencedBlock', () => {
  it.each([
    ['no block', 'a ``` b ```', undefined],
    ['a fence that nothing closes', 'a\n```js\nb\n', undefined],
    ['a longer fence at the end', '```\nb\n````\n', undefined],
    ['a fence after blanks', ' ```\nb\n ```\n', undefined],
    ['words after a closing fence', '```\nb\n``` c\n', undefined],
    ['two words after an opening fence', '```js x\nb\n```\n', undefined],
    ['a block', 'a\n```js\nb\nc\n```\nd', 'b\nc\n'],
    ['a block at the very end', '```\nb\n```', 'b\n'],
    ['an empty block', '```\n```', ''],
    ['spaces after the closing fence', '```\nb\n```  \n', 'b\n'],
    ['line ends of Windows', 'a\r\n```py\r\nb\r\n```\r\nc', 'b\r\n'],
    ['a language of other letters', '```ünï\nb\n```', 'b\n'],
    ['a short fence in a long one', '````\n```\nb\n```\n````\n', '```\nb\n```\n'],
    ['a fence in a block that is not closed', '````x\n```\nb\n```\n', 'b\n'],
  ])('reads %s', (_what, text, block) => {
    expect(fencedBlock(text)).toBe(block)
    expect(fencedBlock(text, { isLast: true })).toBe(block)
  })

  it('reads the first or the last of several', () => {
    const text = '```\na\n```\nbetween\n```\nb\n```\n'

    expect(fencedBlock(text)).toBe('a\n')
    expect(fencedBlock(text, { isLast: true })).toBe('b\n')
  })

  it('finds the blocks that llm’s expression finds', () => {
    fc.assert(
      fc.property(textOfFences, text => {
        const found = [...text.matchAll(block)].map(match => match[3])
        expect(fencedBlock(text)).toBe(found[0])
        expect(fencedBlock(text, { isLast: true })).toBe(found.at(-1))
      }),
      { numRuns: 3000 },
    )
  })

  it('takes no time that grows with the square of the fences', () => {
    expect(fencedBlock('```js\n'.repeat(200_000))).toBeUndefined()
  })
})
