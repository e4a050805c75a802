import { once } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BatchError } from '../../lib/error/batch-error.js'
import { recordStage } from '../../lib/source/record-stage.js'
import { settle } from '../support/fake-clock.js'
import { readRecords } from './read-records.js'

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

const lettersOf = (records: any[]) => records.map(record => record.columns.letter).join('')

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
      write(record, _encoding, done) {
        taken.push(record)
        setImmediate(done)
      },
    })
    const source = letters()
    source.on('error', () => {})
    source.on('data', record => slow.write(record))
    source.end('abcdefgh!')
    await new Promise(resolve => source.once('close', resolve))
    await new Promise(resolve => slow.end(resolve))
    expect(lettersOf(taken)).toBe('abcdefgh')
  })

  it('gives every record before a fault to a loop that awaits between them', async () => {
    const source = letters()
    source.end('abc!')
    let seen = ''
    const loop = async () => {
      for await (const record of source) {
        seen += record.columns.letter
        await settle()
      }
    }
    await expect(loop()).rejects.toMatchObject({ code: 'INPUT_SYNTAX_INVALID' })
    expect(seen).toBe('abc')
  })

  it('gives every record before a fault to a reader that pauses and reads by hand', async () => {
    const source = letters()
    let failure: unknown
    source.on('error', error => {
      failure = error
    })
    source.end('abc!')
    await settle()
    let seen = ''
    for (let record = source.read(); record !== null; record = source.read()) {
      seen += record.columns.letter
      expect(failure).toBeUndefined()
    }
    await settle()
    expect(seen).toBe('abc')
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
    const [record] = await once(source, 'data')
    expect(record.columns).toEqual({ letter: 'a' })
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
