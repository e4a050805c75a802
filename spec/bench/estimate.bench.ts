/**
 * How fast `--estimate-cost` counts, and how far its input tokens are from what is billed.
 *
 * Shows: rows/s of an estimate beside the tokenizer alone on the same prompts, so that the rest
 * (reading, rendering, adding up) has a figure of its own; and by model family the estimate's error
 * against a stub server that bills what the family's published tokenizer counts
 * (`token-counts.json`), before any row is recorded and after. Does not show: the error against a
 * provider of today. Claude's tokenizer since Claude 3 is not published; its factor is meant for
 * those models, so the error against Claude 2 is above.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { type Surroundings, thisProcess } from '../../lib/host/surroundings.js'
import { estimateBatch } from '../../lib/plan/estimate-batch.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import { loadTokenizer } from '../../lib/pricing/load-tokenizer.js'
import { startStubServer } from '../support/stub-server.js'
import { makeBenchFolder, writeBenchInput } from './bench-input.js'

const rows = Number(process.env.BENCH_ESTIMATE_ROWS ?? 200_000)
const copies = 5
/** What the chat format adds, which the stub bills too. */
const wrapping = 7

interface CountedText {
  readonly kind: string
  readonly text: string
  readonly counts: Readonly<Record<string, number>>
}

/** A model of each family, and the tokenizer by which the stub bills. */
const models = [
  ['gpt-4o-mini', 'gpt-4o-mini'],
  ['gpt-4', 'gpt-4'],
  ['anthropic/claude-2.1', 'claude-2'],
  ['gemini-1.5-flash', 'gemini-1.5'],
  ['ollama/gemma3', 'gemma-3'],
  ['ollama/llama2', 'llama-2'],
  ['ollama/llama3.1', 'llama-3.1'],
  ['deepseek/deepseek-chat', 'deepseek-v3'],
  ['ollama/qwen3', 'qwen-3'],
] as const

async function main(): Promise<void> {
  const folder = await makeBenchFolder()
  try {
    for (const format of ['txt', 'csv', 'jsonl']) await reportSpeed(folder.path, format)
    await reportErrors(folder.path)
  } finally {
    await folder.remove()
  }
}

async function reportSpeed(folder: string, format: string): Promise<void> {
  const input = await writeBenchInput(join(folder, `in.${format}`), { rows })
  const template = format === 'txt' ? 'Classify: {prompt}' : 'Classify: {review}'
  const options = { input, template, model: 'gpt-4o-mini' }
  const around = surroundingsIn(folder, {})
  await estimateBatch({ ...options, limit: 1000 }, around)
  const count = await loadTokenizer('o200k_base')
  const wholeMs = await timed(() => estimateBatch(options, around))
  const tokenizerMs = await timed(async () => {
    for (let index = 0; index < rows; index += 1) {
      count(
        `Classify: Review ${index}: the parcel came on time, and the thing in it does what it says.`,
      )
    }
  })
  const perSecond = (ms: number) => Math.round((rows / ms) * 1000).toLocaleString('en-US')
  console.log(
    `${format}: ${perSecond(wholeMs)} rows/s; the tokenizer alone ${perSecond(tokenizerMs)} rows/s; beyond it ${perSecond(Math.max(1, wholeMs - tokenizerMs))} rows/s`,
  )
}

async function reportErrors(folder: string): Promise<void> {
  const recorded = await readFile(join(process.cwd(), 'spec/bench/token-counts.json'), 'utf8')
  const { texts } = JSON.parse(recorded) as { readonly texts: readonly CountedText[] }
  console.log(
    `\ninput tokens of ${texts.length * copies} rows     billed  estimated   error   after a run`,
  )
  for (const [model, tokenizer] of models) {
    const billOf = new Map(
      texts.map(({ text, counts }) => [text, (counts[tokenizer] ?? 0) + wrapping]),
    )
    const server = await startStubServer({
      answer: text => ({
        text: 'ok',
        usage: { inputTokens: billOf.get(text) ?? 0, outputTokens: 1 },
      }),
    })
    try {
      await reportError(folder, { model, texts, environment: server.environment, billOf })
    } finally {
      await server.close()
    }
  }
}

async function reportError(
  folder: string,
  {
    model,
    texts,
    environment,
    billOf,
  }: {
    readonly model: string
    readonly texts: readonly CountedText[]
    readonly environment: Readonly<Record<string, string>>
    readonly billOf: ReadonlyMap<string, number>
  },
): Promise<void> {
  const input = join(folder, 'texts.jsonl')
  const lines = texts.map(({ text }) => JSON.stringify(text))
  await writeFile(input, `${Array.from({ length: copies }, () => lines.join('\n')).join('\n')}\n`)
  const database = join(folder, `${model.replaceAll('/', '-')}.db`)
  const options: BatchOptions = { input, model, database, key: 'bench', concurrency: 5 }
  const around = surroundingsIn(folder, environment)
  const before = await tokensOf(options, around)
  const batch = await openBatch({ ...options, output: `${database}.jsonl` }, around)
  await batch.run()
  await batch.close()
  const after = await tokensOf(options, around)
  const billed = copies * [...billOf.values()].reduce((sum, tokens) => sum + tokens, 0)
  const error = (tokens: number) => `${(100 * (tokens / billed - 1)).toFixed(1)} %`.padStart(8)
  console.log(
    `${model.padEnd(26)} ${String(billed).padStart(8)} ${String(before).padStart(10)} ${error(before)} ${error(after).padStart(12)}`,
  )
}

async function tokensOf(options: BatchOptions, around: Surroundings): Promise<number> {
  const { estimate } = await estimateBatch(options, around)
  return estimate.input.tokens
}

function surroundingsIn(
  folder: string,
  environment: Readonly<Record<string, string>>,
): Surroundings {
  return { ...thisProcess(), environment: { ...environment, LLM_USER_PATH: join(folder, 'home') } }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

await main()
