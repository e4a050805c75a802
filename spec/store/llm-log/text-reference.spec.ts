import { referToFragments, searchableText } from '../../../lib/store/llm-log/text-reference.js'

const fragments = (...contents: string[]) =>
  contents.map(content => ({ content, hash: `hash of ${content}` }))

describe('referToFragments', () => {
  it('leaves a text alone that holds no fragment', () => {
    expect(referToFragments('question?', fragments('Frag', ''))).toBeUndefined()
  })

  it('puts hashes for fragments, and keeps the texts between', () => {
    expect(referToFragments('One\nTwo\nquestion?', fragments('One', 'Two'))).toEqual([
      ['hash of One'],
      '\n',
      ['hash of Two'],
      '\nquestion?',
    ])
  })

  it('takes the first that occurs, the longest of two, and each as often as it does', () => {
    expect(referToFragments('xabcbcab', fragments('ab', 'abc', 'bc'))).toEqual([
      'x',
      ['hash of abc'],
      ['hash of bc'],
      ['hash of ab'],
    ])
  })
})

describe('searchableText', () => {
  it('is the text without its fragments', () => {
    expect(searchableText([['hash'], '\n', 'q'])).toBe('\nq')
  })
})
