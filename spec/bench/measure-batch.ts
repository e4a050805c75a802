/**
 * Runs the batch that its argument describes and prints what that cost, as JSON. Started by
 * `measured-run.ts`.
 */
import { setEngineFlags } from '../../lib/cli/set-engine-flags.js'
import { openBatch } from '../../lib/index.js'
import { measureWork } from './measure-work.js'

setEngineFlags() // as the command does
const batch = await openBatch(JSON.parse(process.argv[2] ?? '{}'))
await measureWork(async () => {
  const summary = await batch.run()
  if (summary.stopReason !== undefined) throw summary.stopReason
  return { rows: summary.rowsRead }
})
await batch.close()
