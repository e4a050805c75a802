import type { StoredFailure } from '../../../lib/port/batch-archive.js'
import type { Columns } from '../../../lib/row/row.js'
import { joinTexts, type OutputDocument } from '../../../lib/sink/document/output-document.js'
import { writeFailures } from '../../../lib/sink/failures/write-failures.js'

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

function textOf(
  document: OutputDocument<StoredFailure>,
  failures: readonly StoredFailure[],
): string {
  return joinTexts(document, failures.map(document.textOf), true) + document.closing
}

describe('writeFailures', () => {
  it('writes CSV with every column that any row has, then the error', async () => {
    const document = await writeFailures('csv', ['name', 'age', 'id', 'tags', 'gone'])
    expect(textOf(document, rows)).toBe(
      'name,age,id,tags,gone,error_code,error_message\n' +
        'Ada,36,12345678901234567890,,,REQUEST_REJECTED,"No, ""never""."\n' +
        '"Al\nan",,,"[""a""]",,REQUEST_REJECTED,"No, ""never""."\n',
    )
  })

  it('puts line breaks of every kind in quotes, so that a CSV reader sees one row', async () => {
    const document = await writeFailures('csv', ['name'])
    expect(document.textOf(failure({ name: 'A\rB' }, 'no'))).toBe('"A\rB",REQUEST_REJECTED,no\n')
  })

  it('writes JSON Lines and JSON with the values that each row has, numbers exactly', async () => {
    const lines = await writeFailures('jsonl', [])
    expect(textOf(lines, rows)).toBe(
      '{"name":"Ada","age":36,"id":12345678901234567890,"error_code":"REQUEST_REJECTED","error_message":"No, \\"never\\"."}\n' +
        '{"name":"Al\\nan","tags":["a"],"gone":null,"error_code":"REQUEST_REJECTED","error_message":"No, \\"never\\"."}\n',
    )
    const array = await writeFailures('json', [])
    expect(JSON.parse(textOf(array, rows))).toHaveLength(2)
  })

  it('is a valid input if no row failed', async () => {
    expect((await writeFailures('csv', ['a'])).empty).toBe('a,error_code,error_message\n')
    expect((await writeFailures('jsonl', [])).empty).toBe('')
    expect(JSON.parse((await writeFailures('json', [])).empty)).toEqual([])
  })

  it("leaves the input its own columns, also those of a dead-letter file's dead-letter file", async () => {
    const again = failure({ error_code: 'OLD', error_message: 'old', x: 1 })
    const csv = await writeFailures('csv', ['error_code', 'error_message', 'x'])
    expect(textOf(csv, [again])).toMatch(
      /^error_code,error_message,x,batch_error_code,batch_error_message\nOLD,old,1,REQ/,
    )
    const third = failure({ error_code: 'A', batch_error_message: 'b' })
    const lines = await writeFailures('jsonl', [])
    expect(Object.keys(JSON.parse(textOf(lines, [third])))).toEqual([
      ...['error_code', 'batch_error_message', 'batch_error_code_', 'batch_error_message_'],
    ])
  })
})
