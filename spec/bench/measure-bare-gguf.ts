/**
 * Generates so many answers with node-llama-cpp alone, and prints what that cost. Started by
 * `measured-run.ts`.
 */
import { loadGguf } from '../../lib/model/gguf/load-gguf.js'
import { measureWork } from './measure-work.js'

const { path, texts, concurrency, maxTokens } = JSON.parse(process.argv[2] ?? '{}') as {
  path: string
  texts: readonly string[]
  concurrency: number
  maxTokens: number
}
const { module, llama, model } = await loadGguf(path)
const context = await model.createContext({
  sequences: concurrency,
  contextSize: { max: 4096 },
  threads: Math.max(1, llama.cpuMathCores - 1),
})
let next = 0

async function answerInTurn(): Promise<void> {
  const chat = new module.LlamaChat({
    contextSequence: context.getSequence(),
    chatWrapper: 'auto',
  })
  for (let text = texts[next++]; text !== undefined; text = texts[next++]) {
    const history = [
      { type: 'user', text },
      { type: 'model', response: [] },
    ] as const
    // What the library does when it is left alone; here no answer comes near the end of its room.
    const options = { maxTokens, contextShift: undefined } as never
    await chat.generateResponse(history, options)
  }
}

await measureWork(async () => {
  await Promise.all(Array.from({ length: concurrency }, answerInTurn))
  return { rows: texts.length }
})
await context.dispose()
