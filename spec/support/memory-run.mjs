/**
 * Runs so many rows through the built library's own stages, in one of the situations in which a pipeline may gather
 * rows without bound, and prints what was in memory on the way, as JSON. Run with --expose-gc.
 *
 *     node --expose-gc memory-run.mjs slow-reader 100000 /tmp/folder
 */
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import {
  callPath,
  createWindow,
  eachRow,
  inGroups,
  invokeModel,
  mapPrompts,
  openBatchStore,
  recordOutcomes,
  renderRow,
  restoreOrder,
  systemClock,
  writeRows,
} from '../../dist/lib/index.js'
import { peakRssMb } from './peak-rss.mjs'

const [situation, rowsText, folder] = process.argv.slice(2)
const rows = Number(rowsText)
const samples = []
let answered = 0
let releaseStraggler = () => {}
const straggler = new Promise(resolve => {
  releaseStraggler = resolve
})

async function* source() {
  for (let index = 0; index < rows; index += 1) {
    if (situation === 'slow-source' && index % 4 === 0) await turn()
    yield { kind: 'row', index, columns: { review: `Review ${index}: it does what it says.` } }
  }
}

async function ask(prompt) {
  if (situation === 'straggler' && prompt.row.index === 0) await straggler
  else await turn()
  answered += 1
  if (answered % Math.floor(rows / 20) === 0) sample()
  if (answered === rows - 1) releaseStraggler()
  const text = `Answer to ${prompt.text}`
  return { text, finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 1 }
}

function sample() {
  globalThis.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  samples.push({ usedMb: (heapUsed + external) / 2 ** 20, rssMb: rss / 2 ** 20 })
}

const slowReader = new Transform({
  objectMode: true,
  async transform(outcome, _encoding, done) {
    if (situation === 'slow-reader' && outcome.row.index % 4 === 0) await turn()
    done(null, outcome)
  },
})

const store = await openBatchStore({
  path: join(folder, 'logs.db'),
  clock: systemClock,
  log: false,
})
const run = { id: 'memory', inputFile: '-', outputFile: undefined, model: 'none', config: '{}' }
const recorded = await (await store.begin(run)).start()
const calls = callPath(
  { ask },
  { concurrency: 100, retries: 0, timeoutMs: 3_600_000, deadlineMs: 3_600_000 },
)
const window = createWindow({ rows: 356 })
const render = renderRow('Classify: {review}')
await pipeline(
  Readable.from(source()),
  inGroups(),
  mapPrompts({ render }),
  invokeModel({ calls, window }),
  recordOutcomes({ append: recorded.append, release: calls.release, window }),
  restoreOrder(),
  eachRow(),
  slowReader,
  inGroups(),
  writeRows(join(folder, 'out.csv')),
)
await store.close()
process.stdout.write(JSON.stringify({ samples, peakMb: peakRssMb(), answered }))
