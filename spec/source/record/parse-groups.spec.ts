import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { BatchError } from '../../../lib/error/batch-error.js'
import { readText } from '../../../lib/source/read-text.js'
import { parseGroups } from '../../../lib/source/record/parse-groups.js'
import { type ReadGroups, streamGroups } from '../../../lib/source/record/stream-groups.js'
import { settle } from '../../support/fake-clock.js'
import { readGroups, readRecords } from '../read-records.js'

/** One record a character. `!` is a fault of the input; `?` is a record without columns. */
function letters(onWrite: (text: string) => void = () => {}): ReadGroups {
  return parseGroups(give => {
    let columns: readonly string[] | undefined
    let index = 0
    return {
      columns: () => columns,
      write(text) {
        onWrite(text)
        for (const letter of text) {
          if (letter === '!') {
            throw new BatchError('Line 1: broken', { code: 'INPUT_SYNTAX_INVALID', reach: 'run' })
          }
          if (letter !== '?') columns = ['letter']
          give({ kind: 'row', index, columns: { letter } })
          index += 1
        }
      },
      end() {},
    }
  })
}

function open(read: ReadGroups = letters(), input: Readable = new PassThrough()) {
  return { input, ...streamGroups(read, input, () => input.destroy()) }
}

function openText(text: string) {
  return open(letters(), Readable.from([Buffer.from(text)]))
}

async function settleOften() {
  for (let turn = 0; turn < 20; turn += 1) await settle()
}

const lettersOf = (records: any[]) =>
  records
    .flat()
    .map(record => record.columns.letter)
    .join('')

describe('streamGroups', () => {
  it('gives a fast reader every record before a fault, then the fault', async () => {
    const { records, error } = await readRecords(letters(), ['abcdefghijklmnopqrstuvwxyz!', 'no'])
    expect(lettersOf(records)).toBe('abcdefghijklmnopqrstuvwxyz')
    expect(error.message).toBe('Line 1: broken')
  })

  it('gives a slow reader every record before a fault', async () => {
    const taken: any[] = []
    const slow = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(group, _encoding, done) {
        taken.push(group)
        setImmediate(done)
      },
    })
    const { rows } = openText(`${'abcdefgh'.repeat(100)}!`)
    rows.on('error', () => {})
    rows.on('data', group => slow.write(group))
    await new Promise(resolve => rows.once('close', resolve))
    await new Promise(resolve => slow.end(resolve))
    expect(lettersOf(taken)).toBe('abcdefgh'.repeat(100))
  })

  it('gives every record before a fault to a loop that awaits between them', async () => {
    const { rows } = openText(`${'abc'.repeat(100)}!`)
    let seen = ''
    const loop = async () => {
      for await (const group of rows) {
        seen += lettersOf(group)
        await settle()
      }
    }
    await expect(loop()).rejects.toMatchObject({ code: 'INPUT_SYNTAX_INVALID' })
    expect(seen).toBe('abc'.repeat(100))
  })

  it('gives every record before a fault to a reader that reads by hand', async () => {
    const { rows } = openText(`${'abc'.repeat(100)}!`)
    let seen = ''
    rows.on('readable', () => {
      for (let group = rows.read(); group !== null; group = rows.read()) {
        expect(rows.errored).toBeNull()
        seen += lettersOf(group)
      }
    })
    const [failure] = await once(rows, 'error').catch(error => [error])
    expect(seen).toBe('abc'.repeat(100))
    expect(failure).toMatchObject({ message: 'Line 1: broken' })
  })

  it('gives a group that was fetched ahead before the fault that follows it', async () => {
    const { rows } = openText('a!')
    rows.on('error', () => {})
    rows.read(0)
    await settleOften()
    expect(rows.readableLength).toBe(1)
    const seen: any[] = []
    rows.on('data', group => seen.push(group))
    await new Promise(resolve => rows.once('close', resolve))
    expect(lettersOf(seen)).toBe('a')
  })

  it('waits with a fault behind a header until somebody reads', async () => {
    const { rows, columns } = openText('a!')
    await columns
    await settleOften()
    expect(rows.errored).toBeNull()
    await expect(rows.toArray()).rejects.toMatchObject({ message: 'Line 1: broken' })
  })

  it('fails at once when the fault comes before everything else, without columns', async () => {
    const { records, error, columns } = await readRecords(letters(), ['!'])
    expect(records).toEqual([])
    expect(error.message).toBe('Line 1: broken')
    expect(columns).toBeUndefined()
    await expect(openText('!').columns).rejects.toMatchObject({ message: 'Line 1: broken' })
  })

  it('tells the columns before anybody reads, and before its end', async () => {
    const { input, rows, columns } = open()
    ;(input as PassThrough).write('a')
    expect(await columns).toEqual(['letter'])
    expect(rows.readableLength).toBe(0)
  })

  it('looks past records without columns, and gives them too', async () => {
    const { records, columns } = await readRecords(letters(), ['??', '?', 'a'])
    expect(lettersOf(records)).toBe('???a')
    expect(columns).toEqual(['letter'])
  })

  it('stops looking after a thousand records', async () => {
    const { input, columns } = open()
    ;(input as PassThrough).write('?'.repeat(1000))
    expect(await columns).toEqual([])
  })

  it('tells no columns when the input ends without any', async () => {
    const { records, columns, error } = await readRecords(letters(), [])
    expect({ records, columns, error }).toEqual({ records: [], columns: [], error: undefined })
  })

  it('takes no more input than its reader has room for', async () => {
    let pieces = 0
    const read = letters(() => {
      pieces += 1
    })
    const { rows } = open(read, Readable.from(Array.from({ length: 100 }, () => Buffer.from('ab'))))
    await settleOften()
    expect(pieces).toBe(1)
    for (let taken = 0; taken < 4; taken += 1) {
      rows.read()
      await settleOften()
    }
    expect(pieces).toBeLessThanOrEqual(5)
  })

  it('gives a record as soon as its bytes have come, while the input stays open', async () => {
    const { input, rows } = open()
    ;(input as PassThrough).write('a')
    const [[record]] = await once(rows, 'data')
    expect(record.columns).toEqual({ letter: 'a' })
  })

  it('gives every record before an error of its input, to a reader that comes late', async () => {
    async function* broken() {
      yield Buffer.from('a'.repeat(300))
      throw new Error('gone')
    }
    const { rows } = open(letters(), Readable.from(broken()))
    await settleOften()
    let records = 0
    const loop = async () => {
      for await (const group of rows) {
        records += group.length
        await settle()
      }
    }
    await expect(loop()).rejects.toThrow('gone')
    expect(records).toBe(300)
  })

  it('keeps a fault before which nothing came until somebody reads', async () => {
    const { rows } = openText('!')
    await settleOften()
    expect(rows.errored).toBeNull()
    const heard = once(rows, 'error')
    rows.resume()
    expect(await heard).toMatchObject([{ message: 'Line 1: broken' }])
  })

  it('gives no further group once the reader of a group destroys it', async () => {
    const { rows } = openText('a'.repeat(1000))
    const groups: unknown[] = []
    rows.on('data', group => {
      groups.push(group)
      rows.destroy()
    })
    await once(rows, 'close')
    expect(groups).toHaveLength(1)
  })

  it('ends its input when it is destroyed, also while it waits for the input', async () => {
    const { input, rows } = open()
    rows.destroy()
    await once(rows, 'close')
    expect(input.destroyed).toBe(true)
  })
})

describe('parseGroups', () => {
  it('gives the records of a read as one group, and of a large read as groups of 128', async () => {
    const { groups } = await readGroups(letters(), ['abc', 'd', 'e'.repeat(300)])
    expect(groups.map(group => group.length)).toEqual([3, 1, 128, 128, 44])
    const indices = groups.flat().map(record => record.index)
    expect(indices).toEqual(Array.from({ length: 304 }, (_, at) => at))
  })

  it('gives a record of very much text as the last of its group', async () => {
    const lines = ['a', 'b'.repeat(300_000), 'c', 'd']
    const { groups } = await readGroups(readText(), [lines.join('\n')])
    const lengths = groups.map(group => group.map(record => record.columns.prompt.length))
    expect(lengths).toEqual([[1], [300_000], [1], [1]])
  })

  it('parses no more than a part of a large read before its reader asks', async () => {
    let parsed = 0
    const read = letters(text => {
      parsed += text.length
    })
    const { rows } = open(read, Readable.from([Buffer.alloc(1_000_000, 'a')]))
    await settleOften()
    expect(parsed).toBeLessThanOrEqual(64 * 1024)
    let records = 0
    for await (const group of rows) {
      records += group.length
      expect(parsed - records).toBeLessThanOrEqual(2 * 64 * 1024)
    }
    expect(records).toBe(1_000_000)
  })
})
