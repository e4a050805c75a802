/**
 * The stages in a pipeline of one's own: reads rows, asks three at a time, and lets a stage of this file decide
 * what is written. Nothing is recorded here; `batchFromCsv` does that.
 *
 *     node samples/own-pipeline.mjs short.jsonl [MODEL]
 */
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import {
  callPath,
  getModel,
  invokeModel,
  mapPrompts,
  parseTemplate,
  readRows,
  renderRow,
  restoreOrder,
  systemClock,
  writeRows,
} from 'llm-batch'

const [output = 'short.jsonl', name = 'echo'] = process.argv.slice(2)
const concurrency = 3
const model = await getModel(name)
const client = await model.open(concurrency)

const { settle } = callPath(client.ask, {
  concurrency,
  rateLimit: 600,
  retries: 2,
  timeoutMs: 60_000,
  deadlineMs: 600_000,
  acceptTruncated: false,
  clock: systemClock,
})
const render = renderRow({
  template: parseTemplate('Sentiment of: {review_text}'),
  fragments: [],
  systemFragments: [],
  modelId: model.id,
  modelOptions: model.options,
})

try {
  await pipeline(
    readRows(fileURLToPath(new URL('reviews.csv', import.meta.url))),
    mapPrompts({ render }),
    invokeModel({ settle, windowRows: 64 }),
    restoreOrder(),
    onlyShortReviews,
    writeRows(output),
  )
} finally {
  await client.close()
}

/** Rows may be left out once they are in order again; before that, each is expected. */
async function* onlyShortReviews(outcomes) {
  for await (const outcome of outcomes) {
    if (outcome.row.columns.review_text.length < 40) yield outcome
  }
}
