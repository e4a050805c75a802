import { parseJson } from '../../lib/row/exact-json.js'
import type { Columns } from '../../lib/row/row.js'
import { columnNumberText, columnValue } from '../../lib/template/column-value.js'

const columns = parseJson(
  '{"price": 1.10, "a.b": 2.50, "item": {"price": 3.40, "sizes": [4.20, 5]}, "name": "Ada", "no": null}',
) as Columns

describe('columnValue', () => {
  it.each([
    ['price', 1.1, '1.10'],
    ['a.b', 2.5, '2.50'],
    ['item.price', 3.4, '3.40'],
    ['item.sizes.0', 4.2, '4.20'],
    ['item.sizes.1', 5, undefined],
    ['item.sizes.01', undefined, undefined],
    ['item.weight', undefined, undefined],
    ['name', 'Ada', undefined],
    ['name.length', undefined, undefined],
    ['no.price', undefined, undefined],
    ['none', undefined, undefined],
    ['none.price', undefined, undefined],
  ])('finds %s, and how its number was written', (name, value, text) => {
    expect(columnValue(columns, name)).toBe(value)
    expect(columnNumberText(columns, name)).toBe(text)
  })

  it('follows no dots if names are no paths', () => {
    expect(columnValue(columns, 'item.price', false)).toBeUndefined()
    expect(columnNumberText(columns, 'item.price', false)).toBeUndefined()
    expect(columnNumberText(columns, 'a.b', false)).toBe('2.50')
  })
})
