import { nearest } from '../../lib/error/nearest.js'

describe('nearest', () => {
  it('gives the nearest first, and no more than asked for', () => {
    expect(nearest('naem', ['id', 'names', 'name', 'game'], 2)).toEqual(['name', 'names'])
  })

  it('gives what contains the word, or is part of it', () => {
    expect(nearest('review', ['customer_review_text', 'id'])).toEqual(['customer_review_text'])
  })

  it('gives nothing where nothing is near', () => {
    expect(nearest('sentiment', ['id', 'text'])).toEqual([])
  })

  it('never gives a word that nobody can see', () => {
    expect(nearest('b', ['', ' ', 'a'])).toEqual(['a'])
  })
})
