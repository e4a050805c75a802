import { writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { openSource } from '../../lib/source/open-source.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { cutBytes, gist } from './read-records.js'

const { brotliCompressSync, gzipSync } = zlib
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Buffer }
const csv = 'id,text\n1,Ada\n2,"é, 😀"\n'
const rows = [
  { id: '1', text: 'Ada' },
  { id: '2', text: 'é, 😀' },
]

let workdir: Workdir
beforeEach(async () => {
  workdir = await makeWorkdir()
})
afterEach(() => workdir.remove())

/** Everything that came before the end or the fault. */
async function read(path: string, stdin: Readable = Readable.from([])) {
  const records: unknown[] = []
  try {
    const source = await openSource({ path, stdin })
    for await (const group of source.rows) records.push(...group)
    return { records: gist(records), format: source.format, error: undefined }
  } catch (error) {
    return { records: gist(records), format: undefined, error: error as Error }
  }
}

async function readFileOf(name: string, bytes: Uint8Array) {
  await writeFile(workdir.join(name), bytes)
  return read(workdir.join(name))
}

describe('decompressInput', () => {
  it.each([
    ['data.csv.gz', gzipSync(csv), 'csv'],
    ['data.CSV.GZ', gzipSync(csv), 'csv'],
    ['data.gz', gzipSync(csv), 'csv'],
    ['data.csv.br', brotliCompressSync(csv), 'csv'],
    ['data.tsv.gz', gzipSync(csv.replace(/,(?! )/g, '\t')), 'tsv'],
    ['data.json.gz', gzipSync(JSON.stringify(rows)), 'json'],
    ['data.jsonl.gz', gzipSync(rows.map(row => JSON.stringify(row)).join('\n')), 'jsonl'],
    ['named-plain.csv', gzipSync(csv), 'csv'],
    [
      'two-members.csv.gz',
      Buffer.concat([gzipSync(csv.slice(0, 9)), gzipSync(csv.slice(9))]),
      'csv',
    ],
  ])('reads %s', async (name, bytes, format) => {
    expect(await readFileOf(name, bytes)).toEqual({ records: rows, format, error: undefined })
  })

  it('reads lines of text', async () => {
    expect(await readFileOf('a.txt.gz', gzipSync('one\ntwo\n'))).toMatchObject({
      records: [{ prompt: 'one' }, { prompt: 'two' }],
      format: 'text',
    })
  })

  it('reads zstd where this Node does, and else says so', async () => {
    const bytes = zstdCompressSync?.(Buffer.from(csv)) ?? Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0])
    const named = await readFileOf('data.csv.zst', bytes)
    const piped = await read('-', Readable.from([bytes]))

    for (const { records, error } of [named, piped]) {
      if (zstdCompressSync === undefined) {
        expect(error).toMatchObject({
          code: 'DEPENDENCY_MISSING',
          message: expect.stringContaining('22.15'),
          remedy: expect.stringContaining('zstd -dc'),
        })
      } else expect(records).toEqual(rows)
    }
  })

  it('tells by the first bytes of standard input, in pieces of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(gzipSync(csv), Buffer.from(csv)),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (bytes, lengths) => {
          expect(await read('-', Readable.from(cutBytes(bytes, lengths)))).toMatchObject({
            records: rows,
            format: 'csv',
          })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('gives the rows before the place where the data ends too early, then names the file', async () => {
    const lines = Array.from({ length: 50_000 }, (_, at) => `${at},${Math.sin(at)}\n`)
    const bytes = gzipSync(`id,text\n${lines.join('')}`)

    const { records, error } = await readFileOf('cut.csv.gz', bytes.subarray(0, bytes.length / 2))

    expect(records.length).toBeGreaterThan(20_000)
    expect(records.at(-1)).toMatchObject({ id: String(records.length - 1) })
    expect(error).toMatchObject({ code: 'INPUT_UNREADABLE', reach: 'run' })
    expect(error?.message).toMatch(/cut\.csv\.gz is cut off: its gzip data ends too early$/)
  })

  it('names a file that is not what its name says, or is damaged', async () => {
    const damaged = gzipSync(csv)
    damaged.fill(0xff, 12, 20)

    for (const bytes of [Buffer.from(csv), damaged]) {
      const { error } = await readFileOf('bad.csv.gz', bytes)
      expect(error).toMatchObject({ code: 'INPUT_UNREADABLE' })
      expect(error?.message).toMatch(/bad\.csv\.gz is not gzip data, or is damaged: /)
    }
  })

  it('does not wait for more where the first bytes are no signature', async () => {
    const stdin = new Readable({ read() {} })
    stdin.push('a\nb\n')

    const source = await openSource({ path: '-', stdin })

    expect(source.format).toBe('text')
    source.rows.destroy()
  })

  /** The best quality takes seconds. */
  const quickly = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } }

  it('holds a piece of what unpacks to very much', async () => {
    const zeros = brotliCompressSync(Buffer.alloc(256 * 1024 * 1024, 'a\n'), quickly)
    await writeFile(workdir.join('bomb.txt.br'), zeros)
    const before = process.memoryUsage().arrayBuffers
    const source = await openSource({ path: workdir.join('bomb.txt.br'), stdin: Readable.from([]) })
    let count = 0
    for await (const group of source.rows) {
      count += group.length
      if (count > 1000) break
    }

    expect(zeros.length).toBeLessThan(1000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
  })

  it.each(['x.pdf.gz', 'x.docx.gz'])('refuses %s by the name within', async name => {
    const { error } = await readFileOf(name, gzipSync(csv))

    expect(error).toMatchObject({ code: 'INPUT_FORMAT_UNKNOWN' })
  })
})
