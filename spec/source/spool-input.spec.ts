import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { type SpooledInput, spoolInput } from '../../lib/source/spool-input.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let workdir: Workdir
let spool: SpooledInput | undefined

beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(async () => {
  await spool?.close()
  spool = undefined
  await workdir.remove()
})

async function spooled(stream: Readable, mostBytes?: number): Promise<SpooledInput> {
  spool = await spoolInput(stream, workdir.path, mostBytes)
  return spool
}

/** Reads so many bytes, and leaves. */
async function readFirst(reader: Readable, bytes: number): Promise<string> {
  let found = ''
  for await (const chunk of reader) {
    found += chunk
    if (found.length >= bytes) break
  }
  return found
}

describe('spoolInput', () => {
  it('gives each reader the whole stream', async () => {
    const { open } = await spooled(Readable.from([Buffer.from('one\ntwo\n'), 'three\n']))

    expect(await text(open())).toBe('one\ntwo\nthree\n')
    expect(await text(open())).toBe('one\ntwo\nthree\n')
  })

  it('gives every reader the same bytes, wherever the one before has left', async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(chunks, fc.array(fc.nat(200), { maxLength: 3 }), async (given, leaves) => {
        const whole = Buffer.concat(given)
        const { open, close } = await spoolInput(
          Readable.from(given.map(chunk => Buffer.from(chunk))),
          workdir.path,
        )
        for (const bytes of leaves) {
          let read = Buffer.alloc(0)
          for await (const chunk of open()) {
            read = Buffer.concat([read, chunk as Buffer])
            if (read.length >= bytes) break
          }
          expect(whole.subarray(0, read.length).equals(read)).toBe(true)
        }
        const last = (await open().toArray()) as Buffer[]
        expect(Buffer.concat(last).equals(whole)).toBe(true)
        await close()
      }),
      { numRuns: 30 },
    )
  })

  it('reads no more of an endless stream than its readers ask for', async () => {
    let taken = 0
    const endless = new Readable({
      // Node 22 reads further ahead by itself.
      highWaterMark: 16_384,
      read() {
        taken += 1
        this.push('y\n'.repeat(1000))
      },
    })
    const { open } = await spooled(endless)

    await readFirst(open(), 3)
    await readFirst(open(), 3)

    expect(taken).toBeLessThan(40)
    endless.destroy()
  })

  it('lets a reader go that waits for a stream in which nothing comes', async () => {
    const pipe = new PassThrough()
    pipe.write('first\n')
    const { open } = await spooled(pipe)
    const waiting = open()
    expect(await readFirst(waiting, 6)).toBe('first\n')
    expect(waiting.destroyed).toBe(true)

    const next = text(open())
    pipe.end('second\n')

    expect(await next).toBe('first\nsecond\n')
  })

  it('leaves nothing in the folder, also while it is used', async () => {
    const { open } = await spooled(Readable.from(['a\n']))
    await text(open())

    expect(await readdir(workdir.path)).toEqual([])
  })

  it('refuses more than the disk is allowed to keep', async () => {
    const { open } = await spooled(Readable.from(['a'.repeat(60), 'b'.repeat(60)]), 100)

    await expect(text(open())).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE', reach: 'run' })
  })

  it('passes on the error of the stream', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('gone'))
      },
    })
    const { open } = await spooled(broken)

    await expect(text(open())).rejects.toThrow('gone')
  })

  it('refuses a folder that cannot keep anything', async () => {
    const nowhere = workdir.join('not-there')

    await expect(spoolInput(Readable.from([]), nowhere)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      remedy: expect.stringContaining('TMPDIR'),
    })
    expect(existsSync(nowhere)).toBe(false)
  })
})
