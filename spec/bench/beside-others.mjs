/**
 * `llm batch` beside what people use: a shell loop over Python's llm, and thirty lines of Python.
 *
 *     make && sh spec/support/install-python-llm.sh && node spec/bench/beside-others.mjs [ROUNDS]
 *
 * Each way asks the same rows of the stub server, which runs in a process of its own and answers
 * after 100 ms. Prints a table of medians. The loop asks 20 rows, once: its seconds are those of 20
 * rows, times 50.
 *
 * - seconds: without faults.
 * - with faults, rows without an answer: each of 7 faults spoils 5 % of the first attempts.
 * - peak: the most that one process of the way has resident, read every 20 ms.
 * - paid twice: no faults; kill -9 once half of the rows are asked, then a second start.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildSync } from 'esbuild'

const root = resolve(import.meta.dirname, '../..')
const python = join(root, '.cache/python-llm-0.36/bin')
const others = join(root, 'spec/bench/others')
const rounds = Number(process.argv[2] ?? 3)
const perTable = 1000

const command = [process.execPath, join(root, 'dist/bin/llm.js'), 'batch']
const options = ['--template', 'Classify: {review}', '--model', 'gpt-4o-mini', '--quiet']
const ways = {
  'thirty lines of Python': {
    rows: perTable,
    start: (input, output) => [
      join(python, 'python'),
      join(others, 'thirty-lines.py'),
      input,
      output,
    ],
  },
  'llm batch': {
    rows: perTable,
    start: (input, output) => [
      ...command,
      input,
      ...options,
      '--concurrency',
      '50',
      '--output',
      output,
    ],
    startAgain: (input, output) => [...command, input, '--resume', '--quiet', '--output', output],
  },
  'shell loop over Python’s llm': {
    rows: 20,
    rounds: 1,
    start: (input, output) => ['sh', join(others, 'loop.sh'), input, output],
  },
}

for (const needed of [join(python, 'llm'), command[1]])
  if (!existsSync(needed)) throw new Error(`${needed} is missing: see the head of this script`)

const serverProgram = join(root, '.cache/bench/stub-server-process.mjs')
buildSync({
  entryPoints: [join(root, 'spec/support/stub-server-process.ts')],
  outfile: serverProgram,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
})

const [model] = [...new Set(cpus().map(cpu => cpu.model))]
console.log(`${cpus().length} cores (${model}), Node ${process.versions.node}, ${rounds} rounds`)
console.log(`load average before: ${loadavg()[0].toFixed(1)}\n`)
console.log(
  '| | seconds for 1,000 rows | with faults | rows without an answer | peak memory | paid twice |',
)
console.log('| --- | --- | --- | --- | --- | --- |')
for (const [name, way] of Object.entries(ways)) {
  const runs = []
  for (let round = 0; round < (way.rounds ?? rounds); round += 1)
    runs.push({
      quietSeconds: (await measureRun(way, [])).seconds,
      ...(await measureRun(way, ['--mix', '5'])),
      ...(await measureKill(way)),
    })
  const [quiet, spoilt] = ['quietSeconds', 'seconds'].map(key =>
    spread(runs.map(run => (run[key] * perTable) / way.rows)),
  )
  const peakMb = spread(runs.map(run => run.peakMb))
  const [unanswered, paidTwice] = ['unanswered', 'paidTwice'].map(
    key => `${spread(runs.map(run => run[key]))} of ${way.rows}`,
  )
  console.log(`| ${name} | ${quiet} | ${spoilt} | ${unanswered} | ${peakMb} MB | ${paidTwice} |`)
}
console.log(`\nload average after: ${loadavg()[0].toFixed(1)}`)

/** The median, and between which numbers the rounds were. */
function spread(numbers) {
  const sorted = numbers.map(number => Math.round(number * 10) / 10).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  return sorted[0] === sorted.at(-1) ? `${median}` : `${median} (${sorted[0]}–${sorted.at(-1)})`
}

/** One run: its time, its memory, and the rows that it leaves without an answer. */
function measureRun(way, serverWords) {
  return inFolder(way, serverWords, async ({ input, output, begin }) => {
    const startedAt = performance.now()
    const run = begin(way.start(input, output))
    const peakMb = await watchPeak(run)
    const seconds = (performance.now() - startedAt) / 1000
    return { seconds, peakMb, unanswered: way.rows - answersIn(output) }
  })
}

/** A run that is killed once half of the rows are asked, and a second one after it. */
function measureKill(way) {
  return inFolder(way, [], async ({ input, output, begin, callCounts }) => {
    const run = begin(way.start(input, output))
    while ((await callCounts()).length < way.rows / 2) await sleep(10)
    process.kill(-run.child.pid, 'SIGKILL')
    await run.ended
    await begin((way.startAgain ?? way.start)(input, output)).ended
    const answers = answersIn(output)
    if (answers !== way.rows) throw new Error(`${answers} of ${way.rows} answers at the end`)
    const paid = (await callCounts()).reduce((sum, count) => sum + count, 0)
    return { paidTwice: paid - way.rows }
  })
}

/** Gives `measure` an input, a fresh stub server, and how to start a way; clears up after it. */
async function inFolder(way, serverWords, measure) {
  const folder = mkdtempSync(join(tmpdir(), 'llm-batch-beside-'))
  const server = spawn(process.execPath, [serverProgram, '--latency', '100', ...serverWords], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = await once(createInterface({ input: server.stdout }), 'line')
    const input = join(folder, 'in.csv')
    const rows = Array.from({ length: way.rows }, (_, at) => `${at},Review ${at}: it works\n`)
    writeFileSync(input, `id,review\n${rows.join('')}`)
    const env = {
      PATH: `${python}:${process.env.PATH}`,
      HOME: folder,
      LLM_USER_PATH: join(folder, 'llm'),
      OPENAI_BASE_URL: `${new URL(line).origin}/v1`,
      OPENAI_API_KEY: 'bench',
    }
    return await measure({ input, output: join(folder, 'out.csv'), begin, callCounts })

    function begin([program, ...words]) {
      const child = spawn(program, words, { cwd: folder, env, detached: true, stdio: 'ignore' })
      return { child, ended: once(child, 'exit') }
    }
    async function callCounts() {
      const reply = await fetch(`${new URL(line).origin}/__calls`)
      return Object.values((await reply.json()).calls)
    }
  } finally {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Megabytes that any one process of the group has resident at most, until its first process ends. */
async function watchPeak({ child, ended }) {
  let peakMb = 0
  let isRunning = true
  ended.then(() => {
    isRunning = false
  })
  while (isRunning) {
    for (const pid of processesOf(child.pid)) peakMb = Math.max(peakMb, residentPeakMb(pid))
    await sleep(20)
  }
  return peakMb
}

function processesOf(group) {
  return readdirSync('/proc').filter(name => {
    if (!/^\d+$/.test(name)) return false
    const [, rest = ''] = textOf(`/proc/${name}/stat`).split(') ')
    return rest.split(' ')[2] === String(group)
  })
}

function residentPeakMb(pid) {
  const [, kilobytes = 0] = /^VmHWM:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`)) ?? []
  return Number(kilobytes) / 1024
}

/** The process may end between two looks at it. */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function answersIn(output) {
  return textOf(output).match(/Answer to: Classify: Review/g)?.length ?? 0
}
