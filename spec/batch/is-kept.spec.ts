import { isKept } from '../../lib/batch/is-kept.js'

describe('isKept', () => {
  it('keeps the answers of a batch unless it was begun with --no-log', () => {
    expect(isKept({ config: '{"log":true}' })).toBe(true)
    expect(isKept({ config: '{}' })).toBe(true)
    expect(isKept({ config: '{"log":false}' })).toBe(false)
  })
})
