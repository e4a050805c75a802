import { dropEmptyMembers } from '../../lib/row/drop-empty-members.js'

describe('dropEmptyMembers', () => {
  it('leaves out nulls and objects that hold nothing, at any depth', () => {
    const value = { id: 'x', error: null, meta: { a: null }, list: [{ b: null, c: 0 }], text: '' }

    expect(dropEmptyMembers(value)).toEqual({ id: 'x', list: [{ c: 0 }], text: '' })
  })

  it('leaves out zeros where they count as empty, but no empty text and no false', () => {
    const value = { a: 0, b: { c: 0 }, text: '', no: false, list: [] }

    expect(dropEmptyMembers(value, { zeros: true })).toEqual({ text: '', no: false, list: [] })
  })

  it('keeps the items of a list in their places', () => {
    expect(dropEmptyMembers({ list: [null, {}, { a: null }] })).toEqual({ list: [null, {}, {}] })
  })

  it('gives back what holds nothing empty as the same object, also inside one that is copied', () => {
    const whole = { id: 'x', list: [{ a: 1 }, 'b'] }

    expect(dropEmptyMembers(whole)).toBe(whole)
    expect(dropEmptyMembers({ whole, none: null })).toEqual({ whole })
    expect((dropEmptyMembers({ whole, none: null }) as any).whole).toBe(whole)
  })

  it('changes nothing in what it was given', () => {
    const value = { a: null, b: [{ c: null }] }
    dropEmptyMembers(value)

    expect(value).toEqual({ a: null, b: [{ c: null }] })
  })
})
