/**
 * Wall time of whole commands, from start to exit: what a person waits for before anything happens.
 *
 * Hold: `--help` ≤ 150 ms, a batch of one row with the `echo` model ≤ 400 ms. `node -e 0` in the same run is what
 * the runtime itself takes.
 */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeBenchFolder } from './bench-input.js'
import { median, printTable } from './measured-run.js'

const command = join(process.cwd(), 'dist', 'bin', 'llm.js')
const run = promisify(execFile)
const folder = await makeBenchFolder()
const input = join(folder.path, 'one.txt')
await writeFile(input, 'one row\n')
const home = join(folder.path, 'home')
const ways: Record<string, string[]> = {
  'node -e 0': ['-e', '0'],
  'llm --help': [command, '--help'],
  'llm batch, one row, new database': [command, 'batch', input, '--model', 'echo'],
  'llm batch, one row': [command, 'batch', input, '--model', 'echo'],
}
try {
  const table = [['', 'median ms']]
  for (const [name, words] of Object.entries(ways)) {
    const times: number[] = []
    for (let round = 0; round < 9; round += 1) {
      if (name.endsWith('new database')) await rm(home, { recursive: true, force: true })
      const startedMs = performance.now()
      await run(process.execPath, words, { env: { ...process.env, LLM_USER_PATH: home } })
      times.push(performance.now() - startedMs)
    }
    table.push([name, median(times).toFixed(0)])
  }
  printTable(table)
} finally {
  await folder.remove()
}
