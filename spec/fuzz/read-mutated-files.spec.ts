import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { BatchError } from '../../lib/error/batch-error.js'
import type { InputFormat } from '../../lib/port/row-source.js'
import { openSource } from '../../lib/source/open-source.js'
import { parquetOf } from '../source/parquet/make-parquet.js'
import { parts, workbookOf, zipOf } from '../source/xlsx/make-workbook.js'
import { makeZip } from '../source/xlsx/make-zip.js'
import { expectClear, holdForAll, seed } from './hold-for-all.js'
import { mutated } from './mutations.js'

const rows = Array.from({ length: 30 }, (_, at) => ({
  id: at,
  text: `row "${at}", é 😀`,
  more: [at, { a: null }],
}))
const lines = rows.map(({ text }, at) => ({
  ...{ custom_id: `request-${at}`, method: 'POST', url: '/v1/chat/completions' },
  body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: text }] },
}))
const samples: Readonly<Record<InputFormat, readonly (string | Uint8Array)[]>> = {
  csv: [
    'id,text\n1,Ada\n2,"a ""quoted"", text\nof two lines"\n3,é😀\n',
    `${'a,b,c\n'.repeat(40)}`,
    'a;b\r\n1;2\r\n',
    gzipSync('id,text\n1,Ada\n2,"two\nlines"\n'),
  ],
  tsv: ['id\ttext\n1\tAda\n2\t"a\tb"\n3\té😀\n'],
  json: [
    JSON.stringify(rows),
    JSON.stringify(rows, undefined, 2),
    '["a", "b", {"c": 1.50}, 12345678901234567890]',
  ],
  jsonl: [rows.map(row => `${JSON.stringify(row)}\n`).join(''), '"a"\n{"b": 1}\n\n42\n'],
  'openai-batch': [lines.map(line => `${JSON.stringify(line)}\n`).join('')],
  text: ['one\ntwo\r\nthree\n\né😀', 'a\u2028b\n'],
  parquet: [
    parquetOf([
      { name: 'id', data: rows.map(({ id }) => id), type: 'INT32' },
      { name: 'text', data: rows.map(({ text }) => text), type: 'STRING' },
    ]),
  ],
  xlsx: [
    await workbookOf([['id', 'text'], ...rows.map(({ id, text }) => [id, text])]),
    zipOf(Object.values(parts)),
  ],
}

interface Reading {
  readonly bytes: Buffer
  readonly format: InputFormat | undefined
  readonly chunkLength: number
}

/** Reads to the end, and proves that what came are the rows 0, 1, 2…, each once. */
async function readThrough({ bytes, format, chunkLength }: Reading): Promise<void> {
  const source = await openSource({
    path: '-',
    stdin: Readable.from(chunksOf(bytes, chunkLength)),
    format,
  })
  let next = 0
  try {
    for await (const group of source.rows) {
      for (const record of group) {
        expect(record.kind === 'failed' ? record.row.index : record.index).toBe(next)
        if (record.kind === 'failed') expectClear(record.error)
        next += 1
      }
    }
  } catch (error) {
    if (BatchError.isInstance(error)) expect(error.reach).toBe('run')
    throw error
  }
}

/** A stream of very many pieces takes its time, and proves no more. */
function* chunksOf(bytes: Buffer, least: number): Generator<Buffer> {
  const length = Math.max(least, Math.ceil(bytes.length / 4_000))
  for (let at = 0; at < bytes.length; at += length)
    yield Buffer.from(bytes.subarray(at, at + length))
}

const chunkLength = fc.constantFrom(1, 7, 64, 100_000)

describe(`reading a mutated file (seed ${seed})`, () => {
  it.each(Object.keys(samples) as InputFormat[])(
    'ends with all its rows, or a clear error: %s',
    async format => {
      const reading = fc.record({
        bytes: mutated(samples[format]),
        format: fc.constantFrom(format, undefined),
        chunkLength,
      })
      await holdForAll(reading, format === 'xlsx' ? 20 : 60, readThrough)
    },
    3_600_000,
  )

  it('ends with all its rows, or a clear error: the XML in a workbook', async () => {
    const names = ['root', 'rels', 'workbook', 'styles', 'strings', 'wanted'] as const
    const reading = fc.constantFrom(...names).chain(name =>
      mutated([parts[name][1]]).map(content => ({
        bytes: makeZip(
          Object.values({ ...parts, [name]: [parts[name][0], content] as const }).map(
            ([name, content]) => ({ name, content }),
          ),
        ),
        format: 'xlsx' as const,
        chunkLength: 4096,
      })),
    )
    await holdForAll(reading, 30, readThrough)
  }, 3_600_000)

  it('ends with all its rows, or a clear error: one format read as another', async () => {
    const formats = Object.keys(samples) as InputFormat[]
    const reading = fc.record({
      bytes: mutated(Object.values(samples).flat()),
      format: fc.constantFrom(...formats),
      chunkLength,
    })
    await holdForAll(reading, 40, readThrough)
  }, 3_600_000)
})
