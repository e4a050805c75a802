import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BatchError } from '../../../lib/error/batch-error.js'
import { readText } from '../../../lib/source/read-text.js'
import { recordStage } from '../../../lib/source/record/record-stage.js'
import { settle } from '../../support/fake-clock.js'
import { readGroups, readRecords } from '../read-records.js'

/** One record a character; `!` is where it cannot be read on, `?` comes before anything is known of the columns. */
function letters(onWrite: (text: string) => void = () => {}) {
  return recordStage(give => {
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

const lettersOf = (records: any[]) =>
  records
    .flat()
    .map(record => record.columns.letter)
    .join('')

describe('recordStage', () => {
  it('gives every record before a fault, then the fault, to a reader that is fast', async () => {
    const { records, error } = await readRecords(letters(), ['abcdefghijklmnopqrstuvwxyz!', 'no'])
    expect(lettersOf(records)).toBe('abcdefghijklmnopqrstuvwxyz')
    expect(error.message).toBe('Line 1: broken')
  })

  it('gives every record before a fault to a reader that is slow', async () => {
    const taken: any[] = []
    const slow = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(group, _encoding, done) {
        taken.push(group)
        setImmediate(done)
      },
    })
    const source = letters()
    source.on('error', () => {})
    source.on('data', group => slow.write(group))
    source.end(`${'abcdefgh'.repeat(100)}!`)
    await new Promise(resolve => source.once('close', resolve))
    await new Promise(resolve => slow.end(resolve))
    expect(lettersOf(taken)).toBe('abcdefgh'.repeat(100))
  })

  it('gives every record before a fault to a loop that awaits between them', async () => {
    const source = letters()
    source.end(`${'abc'.repeat(100)}!`)
    let seen = ''
    const loop = async () => {
      for await (const group of source) {
        seen += lettersOf(group)
        await settle()
      }
    }
    await expect(loop()).rejects.toMatchObject({ code: 'INPUT_SYNTAX_INVALID' })
    expect(seen).toBe('abc'.repeat(100))
  })

  it('gives every record before a fault to a reader that pauses and reads by hand', async () => {
    const source = letters()
    let failure: unknown
    source.on('error', error => {
      failure = error
    })
    source.end(`${'abc'.repeat(100)}!`)
    await settle()
    let seen = ''
    for (let group = source.read(); group !== null; group = source.read()) {
      seen += lettersOf(group)
      expect(failure).toBeUndefined()
    }
    await settle()
    expect(seen).toBe('abc'.repeat(100))
    expect(failure).toMatchObject({ message: 'Line 1: broken' })
  })

  it('gives a record that was fetched ahead before the fault that follows it', async () => {
    const source = letters()
    source.on('error', () => {})
    source.end('a!')
    source.read(0)
    await settle()
    expect(source.readableLength).toBe(1)
    const seen: any[] = []
    source.on('data', record => seen.push(record))
    await new Promise(resolve => source.once('close', resolve))
    expect(lettersOf(seen)).toBe('a')
  })

  it('waits with a fault behind a header until somebody reads', async () => {
    const source = letters()
    const columns = once(source, 'columns')
    source.end('a!')
    await columns
    await settle()
    expect(source.errored).toBeNull()
    await expect(source.toArray()).rejects.toMatchObject({ message: 'Line 1: broken' })
  })

  it('fails at once when the fault comes before anything else, without a word on columns', async () => {
    const { records, error, columns } = await readRecords(letters(), ['!'])
    expect(records).toEqual([])
    expect(error.message).toBe('Line 1: broken')
    expect(columns).toBeUndefined()
  })

  it('tells the columns before anybody reads, and before its end', async () => {
    const source = letters()
    const columns = once(source, 'columns')
    source.write('a')
    expect(await columns).toEqual([['letter']])
    expect(source.readableLength).toBe(0)
  })

  it('looks past records that tell no columns, and gives them too', async () => {
    const { records, columns } = await readRecords(letters(), ['??', '?', 'a'])
    expect(lettersOf(records)).toBe('???a')
    expect(columns).toEqual(['letter'])
  })

  it('stops looking after a thousand of them', async () => {
    const source = letters()
    const columns = once(source, 'columns')
    source.write('?'.repeat(1000))
    expect(await columns).toEqual([[]])
  })

  it('says that there are no columns when the input ends without any', async () => {
    const { records, columns, error } = await readRecords(letters(), [])
    expect({ records, columns, error }).toEqual({ records: [], columns: [], error: undefined })
  })

  it('takes no more input than its reader has room for', async () => {
    let pieces = 0
    const source = letters(() => {
      pieces += 1
    })
    const input = Readable.from(Array.from({ length: 100 }, () => Buffer.from('abcd')))
    input.pipe(source)
    await settle()
    await settle()
    expect(pieces).toBeLessThanOrEqual(2)
    for (let taken = 0; taken < 4; taken += 1) source.read()
    await settle()
    expect(pieces).toBeLessThanOrEqual(4)
  })

  it('gives a record as soon as its bytes have come, while the input stays open', async () => {
    const input = new PassThrough()
    const source = letters()
    input.pipe(source)
    input.write('a')
    const [[record]] = await once(source, 'data')
    expect(record.columns).toEqual({ letter: 'a' })
  })

  it('gives the records of a read as one group, in order, and of a large read as groups of 128', async () => {
    const { groups } = await readGroups(letters(), ['abc', 'd', 'e'.repeat(300)])
    expect(groups.map(group => group.length)).toEqual([3, 1, 128, 128, 44])
    const indices = groups.flat().map(record => record.index)
    expect(indices).toEqual(Array.from({ length: 304 }, (_, at) => at))
  })

  it('gives a record of very much text as a group of its own', async () => {
    const lines = ['a', 'b'.repeat(300_000), 'c', 'd']
    const { groups } = await readGroups(readText(), [lines.join('\n')])
    const lengths = groups.map(group => group.map(record => record.columns.prompt.length))
    expect(lengths).toEqual([[1], [300_000], [1], [1]])
  })

  it('parses no more than a part of a large read before its reader asks', async () => {
    let parsed = 0
    const source = letters(text => {
      parsed += text.length
    })
    source.end('a'.repeat(1_000_000))
    await settle()
    expect(parsed).toBeLessThanOrEqual(64 * 1024)
    let records = 0
    for await (const group of source) {
      records += group.length
      expect(parsed - records).toBeLessThanOrEqual(2 * 64 * 1024)
    }
    expect(records).toBe(1_000_000)
  })

  it('gives every record before an Error that is written to it, to whoever reads later', async () => {
    const source = letters()
    source.write('a'.repeat(300))
    source.write(new Error('gone'))
    await settle()
    let records = 0
    const loop = async () => {
      for await (const group of source) {
        records += group.length
        await settle()
      }
    }
    await expect(loop()).rejects.toThrow('gone')
    expect(records).toBe(300)
  })

  it.each([
    ['a fault', '!'],
    ['an error of its input', new Error('Line 1: broken')],
  ])('keeps %s before which nothing came until somebody listens', async (_what, chunk) => {
    const source = letters()
    source.write(chunk)
    await settle()
    expect(source.errored).toBeNull()
    const heard = once(source, 'error')
    source.resume()
    expect(await heard).toMatchObject([{ message: 'Line 1: broken' }])
  })

  it('gives no more than Node has fetched ahead once the reader of a group destroys it', async () => {
    const source = letters()
    const groups: unknown[] = []
    source.on('data', group => {
      groups.push(group)
      source.destroy()
    })
    source.end('a'.repeat(1000))
    await once(source, 'close')
    expect(groups.length).toBeLessThanOrEqual(2)
  })

  it('ends its input when it is destroyed', async () => {
    const input = new PassThrough()
    const source = letters()
    const flow = pipeline(input, source, new PassThrough({ objectMode: true })).catch(() => {})
    source.destroy()
    await flow
    expect(input.destroyed).toBe(true)
  })
})
