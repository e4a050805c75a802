import { readFileSync } from 'node:fs'
import { systemClock } from '../../dist/lib/host/system-clock.js'
import { openPython } from '../../dist/lib/tool/python/open-python.js'
import { createToolRunner } from '../../dist/lib/tool/run-tool-call.js'
import { peakRssMb } from './peak-rss.mjs'

/**
 * Runs the codes in its first argument, as calls of as many rows at once, and prints as JSON what the model was told,
 * the megabytes that this process and the largest process with Python had at most, the most processes at a time, how
 * long a code may take, and how long this process itself computed while they ran, in milliseconds.
 *
 * With `endless` as a second argument, it first prints the ids of its processes while the codes run.
 */
const codes = JSON.parse(process.argv[2])
const timeMs = 300
const { tools, close } = await openPython({
  clock: systemClock,
  processes: 2,
  limits: { timeMs },
})
const runner = await createToolRunner(tools, { timeoutMs: 600_000, clock: systemClock })
const seen = { pythonMb: 0, processes: 0, timeMs }
const cpuBefore = process.cpuUsage()
const watch = setInterval(() => {
  const sizes = pythons().map(sizeMb)
  seen.processes = Math.max(seen.processes, sizes.length)
  seen.pythonMb = Math.max(seen.pythonMb, ...sizes)
}, 20)
const results = codes.map((code, index) => {
  const call = { id: `call_${index}`, name: 'python', argumentsText: JSON.stringify({ code }) }
  const row = { kind: 'row', index, columns: {} }
  return runner.run(call, { row, signal: new AbortController().signal })
})
if (process.argv[3] === 'endless') console.log(pythons().join(' '))
const outputs = (await Promise.all(results)).map(({ output }) => output)
clearInterval(watch)
const { user, system } = process.cpuUsage(cpuBefore)
await close()
console.log(
  JSON.stringify({ ...seen, ownCpuMs: (user + system) / 1000, outputs, peakMb: peakRssMb() }),
)

/** Ids of the processes that this one started. */
function pythons() {
  const ids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
  return ids.split(' ').filter(id => id !== '')
}

function sizeMb(id) {
  try {
    const [, kilobytes = 0] =
      /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? []
    return kilobytes / 1024
  } catch {
    return 0 // It is gone.
  }
}
