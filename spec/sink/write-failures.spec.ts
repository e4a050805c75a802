import type { StoredFailure } from '../../lib/port/batch-archive.js'
import type { Columns } from '../../lib/row/row.js'
import { writeFailures } from '../../lib/sink/write-failures.js'

const failure = (columns: Columns, errorMessage = 'No, "never".'): StoredFailure => ({
  rowIndex: 0,
  columns,
  errorCode: 'REQUEST_REJECTED',
  errorMessage,
  attempts: 1,
})
const rows = [
  failure({ name: 'Ada', age: 36, id: 12345678901234567890n }),
  failure({ name: 'Al\nan', tags: ['a'], gone: null }),
]

describe('writeFailures', () => {
  it('writes CSV with every column that any row has, then the error', async () => {
    const document = await writeFailures('csv', ['name', 'age', 'id', 'tags', 'gone'])
    const text = document.records(rows.slice(0, 1), true) + document.records(rows.slice(1), false)
    expect(text + document.closing(false)).toBe(
      'name,age,id,tags,gone,error_code,error_message\n' +
        'Ada,36,12345678901234567890,,,REQUEST_REJECTED,"No, ""never""."\n' +
        '"Al\nan",,,"[""a""]",,REQUEST_REJECTED,"No, ""never""."\n',
    )
  })

  it('puts line breaks of every kind in quotes, so that a CSV reader sees one record', async () => {
    const document = await writeFailures('csv', ['name'])
    expect(document.records([failure({ name: 'A\rB' }, 'no')], false)).toBe(
      '"A\rB",REQUEST_REJECTED,no\n',
    )
  })

  it('writes JSON Lines and JSON with the values that each row has, numbers exactly', async () => {
    const lines = await writeFailures('jsonl', [])
    expect(lines.records(rows, true) + lines.closing(false)).toBe(
      '{"name":"Ada","age":36,"id":12345678901234567890,"error_code":"REQUEST_REJECTED","error_message":"No, \\"never\\"."}\n' +
        '{"name":"Al\\nan","tags":["a"],"gone":null,"error_code":"REQUEST_REJECTED","error_message":"No, \\"never\\"."}\n',
    )
    const array = await writeFailures('json', [])
    const text = rows.map((row, index) => array.records([row], index === 0)).join('')
    expect(JSON.parse(text + array.closing(false))).toHaveLength(2)
  })

  it('is a valid input when nothing failed', async () => {
    expect((await writeFailures('csv', ['a'])).closing(true)).toBe('a,error_code,error_message\n')
    expect((await writeFailures('jsonl', [])).closing(true)).toBe('')
    expect(JSON.parse((await writeFailures('json', [])).closing(true))).toEqual([])
  })

  it("leaves the input its own columns, also those of a dead-letter file's dead-letter file", async () => {
    const again = failure({ error_code: 'OLD', error_message: 'old', x: 1 })
    const csv = await writeFailures('csv', ['error_code', 'error_message', 'x'])
    expect(csv.records([again], true)).toMatch(
      /^error_code,error_message,x,batch_error_code,batch_error_message\nOLD,old,1,REQ/,
    )
    const third = failure({ error_code: 'A', batch_error_message: 'b' })
    const lines = await writeFailures('jsonl', [])
    expect(Object.keys(JSON.parse(lines.records([third], true)))).toEqual([
      ...['error_code', 'batch_error_message', 'batch_error_code_', 'batch_error_message_'],
    ])
  })
})
