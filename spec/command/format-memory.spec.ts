import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip } from 'node:zlib'
import { isSoak } from '../support/scale.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const run = promisify(execFile)
const program = resolve(import.meta.dirname, '../support/format-memory-run.mjs')
/** Some 80 MB of text in `make soak`. */
const rows = isSoak ? 300_000 : 60_000

describe('memory of formats', () => {
  let workdir: Workdir
  beforeAll(async () => {
    workdir = await makeWorkdir()
  })
  afterAll(() => workdir.remove())

  async function copied(from: string, to: string) {
    const words = ['--expose-gc', program, from, to, String(rows)]
    const { stdout } = await run(process.execPath, words, { cwd: workdir.path })
    return JSON.parse(stdout)
  }

  /** In this order: each needs the file of one before it. */
  it.each([
    ['a Parquet file of one row group, to a workbook', 'group.parquet', 'a.xlsx'],
    ['a workbook, to CSV', 'a.xlsx', 'a.csv'],
    ['a compressed CSV, to Parquet', 'a.csv.gz', 'b.parquet'],
    ['a Parquet file, to JSONL', 'b.parquet', 'b.jsonl'],
  ])(
    'does not grow with the rows: %s',
    async (_what, from, to) => {
      if (from === 'group.parquet') await copied('group', from)
      if (from === 'a.csv.gz') {
        const path = workdir.join('a.csv')
        await pipeline(createReadStream(path), createGzip(), createWriteStream(`${path}.gz`))
      }

      const { count, usedMb, peakMb } = await copied(from, to)

      expect(count).toBe(rows)
      // Rows that are held take 16 MB and more; a row group of Parquet that fills, up to 9 MB.
      expect(Math.max(...usedMb.slice(-3)) - Math.max(...usedMb.slice(0, 3))).toBeLessThan(12)
      expect(peakMb).toBeLessThan(330)
    },
    600_000,
  )
})
