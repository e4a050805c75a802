/**
 * Joins the stages in your own pipeline: reads rows, asks three at a time, and decides in a stage of
 * this file what is written. The stages pass on groups of rows. `eachRow` and `inGroups` stand around
 * a stage that takes single rows. Nothing is recorded here; `batchFromCsv` records the answers.
 *
 *     node samples/own-pipeline.mjs short.jsonl [MODEL]
 */
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import {
  callPath,
  eachRow,
  getModel,
  inGroups,
  invokeModel,
  mapPrompts,
  readRows,
  renderRow,
  restoreOrder,
  writeRows,
} from 'llm-batch'

const [output = 'short.jsonl', name = 'echo'] = process.argv.slice(2)
const calls = callPath(await getModel(name), { concurrency: 3, rateLimit: 600 })

try {
  await pipeline(
    readRows(fileURLToPath(new URL('reviews.csv', import.meta.url))),
    mapPrompts({ render: renderRow('Sentiment of: {review_text}') }),
    invokeModel({ calls }),
    restoreOrder(),
    eachRow(),
    onlyShortReviews,
    inGroups(),
    writeRows(output),
  )
} finally {
  await calls.close()
}

/** Leaves out rows. This is possible only after the order is restored, which expects every row. */
async function* onlyShortReviews(outcomes) {
  for await (const outcome of outcomes) {
    if (outcome.row.columns.review_text.length < 40) yield outcome
  }
}
