import { makeTableRows } from '../../../lib/source/table/make-table-rows.js'

describe('makeTableRows', () => {
  it('fails a record with the cells that have a name, and counts it', () => {
    const rows = makeTableRows()
    expect(rows.take({ fields: ['a', 'b'], line: 1 })).toBeUndefined()

    expect(rows.fail({ fields: ['1'], line: 2 }, 'broken')).toMatchObject({
      row: { index: 0, line: 2, columns: { a: '1', b: '' } },
      error: { message: 'Line 2: broken' },
    })
    expect(rows.take({ fields: ['3', '4'], line: 3 })).toMatchObject({ index: 1 })
  })

  it('fails a record before the header without cells', () => {
    const failed = makeTableRows().fail({ fields: ['1'], line: 1 }, 'broken')

    expect(failed).toMatchObject({ kind: 'failed', row: { index: 0, columns: {} } })
  })

  it('names twenty of the columns that are there twice, and counts the others', () => {
    const names = Array.from({ length: 22 }, (_, at) => `c${at}`)
    const header = { fields: [...names, ...names], line: 1 }

    expect(() => makeTableRows().take(header)).toThrow(/: c0, c1, .*, c19 and 2 more$/)
    expect(() => makeTableRows().take({ fields: ['a', 'a'], line: 1 })).toThrow(/: a$/)
  })
})
