import { referToFragments, searchableText } from '../../lib/store/text-reference.js'

describe('referToFragments', () => {
  it('leaves a text alone that holds no fragment', () => {
    expect(
      referToFragments(
        'question?',
        new Map([
          ['Frag', 1],
          ['', 2],
        ]),
      ),
    ).toBeUndefined()
  })

  it('puts numbers for fragments, and keeps the texts between', () => {
    const numbers = new Map([
      ['One', 1],
      ['Two', 2],
    ])

    expect(referToFragments('One\nTwo\nquestion?', numbers)).toEqual([
      { fragment: 1 },
      { literal: '\n' },
      { fragment: 2 },
      { literal: '\nquestion?' },
    ])
  })

  it('takes the first that occurs, the longest of two, and each as often as it does', () => {
    const numbers = new Map([
      ['ab', 1],
      ['abc', 2],
      ['bc', 3],
    ])

    expect(referToFragments('xabcbcab', numbers)).toEqual([
      { literal: 'x' },
      { fragment: 2 },
      { fragment: 3 },
      { fragment: 1 },
    ])
  })
})

describe('searchableText', () => {
  it('is the text without its fragments', () => {
    expect(searchableText('all of it', undefined)).toBe('all of it')
    expect(searchableText('', [{ fragment: 1 }, { literal: '\n' }, { literal: 'q' }])).toBe('\nq')
  })
})
