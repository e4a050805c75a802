/** Runs the batch that its argument describes and prints what that cost, as JSON. Started by `measured-run.ts`. */
import { keepHeapSmall } from '../../lib/cli/keep-heap-small.js'
import { openBatch } from '../../lib/index.js'

keepHeapSmall() // as the command does
const batch = await openBatch(JSON.parse(process.argv[2] ?? '{}'))
const cpuBefore = process.cpuUsage()
const startedMs = performance.now()
const summary = await batch.run()
const wallMs = performance.now() - startedMs
const { user, system } = process.cpuUsage(cpuBefore)
await batch.close()
if (summary.stopReason !== undefined) throw summary.stopReason
console.log(
  JSON.stringify({
    rows: summary.rowsRead,
    wallMs,
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
)
