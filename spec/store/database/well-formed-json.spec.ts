import { wellFormedJson } from '../../../lib/store/database/well-formed-json.js'

describe('wellFormedJson', () => {
  it('replaces halves of surrogate pairs, and touches nothing else', () => {
    const json = wellFormedJson({ '\ud83d': ['\\ud800', '\ud800', '\\\ud800', '😀', '\u0001'] })

    expect(JSON.parse(json)).toEqual({
      '\ufffd': ['\\ud800', '\ufffd', '\\\ufffd', '😀', '\u0001'],
    })
  })
})
