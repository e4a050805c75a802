/**
 * CPU and wall time of whole commands, from start to exit: what a person, or a loop in a shell,
 * pays each time.
 *
 * Shows the command's own start beside `node -e 0`, which is what the runtime takes, all in turn.
 * Hold: a batch of one row with the `echo` model ≤ 4.3 × `node -e 0`, which is 0.6 of the 7.2 that
 * it cost before the command was bundled. Does not show the first answer of a real model.
 */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeBenchFolder } from './bench-input.js'
import { median, medianRatio, printTable } from './measured-run.js'

const rounds = Number(process.env.BENCH_START_ROUNDS ?? 11)
const command = join(process.cwd(), 'dist', 'bin', 'llm.js')
const run = promisify(execFile)
// Node tells what it used itself only while it runs; the shell tells what a process used to its
// very end.
const timed = ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$@" > /dev/null', 'timed']

const folder = await makeBenchFolder()
const input = join(folder.path, 'one.txt')
await writeFile(input, 'one row\n')
const home = join(folder.path, 'home')
const bare = 'node -e 0'
const ways: Record<string, string[]> = {
  [bare]: ['-e', '0'],
  'llm --help': [command, '--help'],
  'llm batch, one row, new database': [command, 'batch', input, '--model', 'echo'],
  'llm batch, one row': [command, 'batch', input, '--model', 'echo'],
}
const cpu = new Map<string, number[]>()
const wall = new Map<string, number[]>()
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, words] of Object.entries(ways)) {
      if (name.endsWith('new database')) await rm(home, { recursive: true, force: true })
      const environment = { ...process.env, LC_ALL: 'C', LLM_USER_PATH: home }
      const { stderr } = await run('bash', [...timed, process.execPath, ...words], {
        env: environment,
      })
      const [wallS = 0, userS = 0, systemS = 0] =
        stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? []
      cpu.set(name, [...(cpu.get(name) ?? []), (userS + systemS) * 1000])
      wall.set(name, [...(wall.get(name) ?? []), wallS * 1000])
    }
  }
} finally {
  await folder.remove()
}
printTable([
  ['', 'CPU ms', `× ${bare}`, 'wall ms'],
  ...[...cpu].map(([name, all]) => [
    name,
    median(all).toFixed(0),
    medianRatio(all, cpu.get(bare) ?? []).toFixed(2),
    median(wall.get(name) ?? []).toFixed(0),
  ]),
])
