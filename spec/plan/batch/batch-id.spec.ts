import { batchId } from '../../../lib/plan/batch/batch-id.js'

describe('batchId', () => {
  it('is short, typeable and from the name of the input', () => {
    expect(batchId('/data/Customer reviews (2026).csv', () => 0)).toBe(
      'Customer-reviews-2026-222222',
    )
  })

  it('names standard input, and an input without a usable name', () => {
    expect(batchId('-', () => 0.999)).toBe('stdin-zzzzzz')
    expect(batchId('/data/评论.csv', () => 0)).toBe('batch-222222')
  })

  it('has only characters that a batch id may have', () => {
    expect(batchId('/x/.hidden/ü b..csv', Math.random)).toMatch(/^[A-Za-z0-9._-]{1,64}$/)
  })
})
