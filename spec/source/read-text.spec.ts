import { readText } from '../../lib/source/read-text.js'
import { gist, readRecords } from './read-records.js'

describe('readText', () => {
  it('stops a line that grows over 16 MB', async () => {
    const megabyte = 'x'.repeat(1024 * 1024)
    const { error, records } = await readRecords(readText(), ['one\n', ...Array(20).fill(megabyte)])
    expect(gist(records)).toEqual([{ prompt: 'one' }])
    expect(error).toMatchObject({
      code: 'FIELD_TOO_LARGE',
      message: 'Line 2: a field is larger than 16 MB',
    })
  })

  it('reads a prompt from each line that is not blank, with the number of the line', async () => {
    const { records, columns } = await readRecords(readText(), [
      'one\r\n\n  \n two, ',
      '"three"\nfour',
    ])
    expect(columns).toEqual(['prompt'])
    expect(gist(records)).toEqual([
      { prompt: 'one' },
      { prompt: ' two, "three"' },
      { prompt: 'four' },
    ])
    expect(records.map(record => [record.index, record.line])).toEqual([
      [0, 1],
      [1, 4],
      [2, 5],
    ])
  })

  it('has no rows in an empty input', async () => {
    expect(await readRecords(readText(), [])).toEqual({
      records: [],
      columns: ['prompt'],
      error: undefined,
    })
  })
})
