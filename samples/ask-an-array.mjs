/**
 * Asks one model several prompts, three at a time. The answers come in the order of the prompts.
 *
 *     node samples/ask-an-array.mjs            with the echo model, which answers with the prompt
 *     node samples/ask-an-array.mjs gpt-4o-mini
 */
import { batchProcess, getModel } from 'llm-batch'

const model = await getModel(process.argv[2] ?? 'echo')
const prompts = ['Name a primary colour.', 'Name a planet with rings.', 'Name a river in Africa.']

for await (const [prompt, response] of batchProcess(model, prompts, { concurrency: 3 })) {
  console.log(`${prompt} → ${await response.text()}`)
}
