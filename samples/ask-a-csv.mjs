/**
 * From CSV to CSV, in one call. The answers are in a new last column.
 *
 *     node samples/ask-a-csv.mjs answers.csv [MODEL]
 */
import { fileURLToPath } from 'node:url'
import { batchFromCsv, getModel } from 'llm-batch'

const [output = 'answers.csv', name = 'echo'] = process.argv.slice(2)
const model = await getModel(name)

const summary = await batchFromCsv(model, fileURLToPath(new URL('reviews.csv', import.meta.url)), {
  template: 'Analyze sentiment (positive/negative/neutral): {review_text}',
  output,
  concurrency: 3,
  rateLimit: 600,
})
console.log(`${summary.tally.answered} answered, ${summary.tally.failed} failed: ${output}`)
