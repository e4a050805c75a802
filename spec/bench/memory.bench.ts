/**
 * Peak memory by rows and format, with the `echo` model, so that the stages are at their fastest.
 *
 * Shows whether memory has a number: the columns of a format must not grow from left to right. Hold: flat, < 200 MB.
 * BENCH_MEMORY_ROWS sets the sizes, such as 10000,1000000,10000000.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'
import { measureBatch, printTable } from './measured-run.js'

const sizes = (process.env.BENCH_MEMORY_ROWS ?? '10000,100000,300000').split(',').map(Number)
const folder = await makeBenchFolder()
const table: string[][] = [['format', ...sizes.map(rows => `${rows} rows`), 'rows/s']]
try {
  for (const format of ['csv', 'json', 'jsonl', 'txt']) {
    const cells = [format]
    let rate = ''
    for (const rows of sizes) {
      const input = await writeBenchInput(join(folder.path, `in.${format}`), rows)
      const output = join(folder.path, `out.${format === 'txt' ? 'jsonl' : format}`)
      const database = join(folder.path, 'logs.db')
      const template = format === 'txt' ? '{prompt}' : 'Classify: {review}'
      const { peakMb, wallMs } = await measureBatch(
        { input, output, overwrite: true, template, model: 'echo', concurrency: 100, database },
        { environment: { LLM_USER_PATH: join(folder.path, 'home') } },
      )
      cells.push(`${peakMb.toFixed(0)} MB`)
      rate = Math.round((rows / wallMs) * 1000).toString()
      for (const path of [input, output, database]) await rm(path, { force: true })
    }
    table.push([...cells, rate])
  }
} finally {
  await folder.remove()
}
printTable(table)
