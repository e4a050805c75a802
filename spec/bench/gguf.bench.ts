/**
 * Rows a second through a GGUF file in this process, against the same file driven by node-llama-cpp
 * alone in the same run, with as many texts at once: what CSV, template, record, log and order cost
 * beside the model.
 *
 * Shows our overhead; hold: ≤ 5 %. Does not show how fast a model is: that is this machine's. Needs
 * `LLM_SPEC_GGUF`.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeBenchFolder } from './bench-input.js'
import { type Measured, measureBareGguf, measureBatch, median, printTable } from './measured-run.js'

const path = process.env.LLM_SPEC_GGUF
const rows = Number(process.env.BENCH_GGUF_ROWS ?? 30)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const maxTokens = 16
const things = Array.from({ length: rows }, (_, index) => `thing number ${index + 1}`)

if (path === undefined) {
  console.log(
    'Left out: LLM_SPEC_GGUF names no file. `sh spec/support/install-smollm2.sh` gets one.',
  )
} else {
  await compare(path)
}

async function compare(file: string): Promise<void> {
  const folder = await makeBenchFolder()
  try {
    const input = join(folder.path, 'in.csv')
    await writeFile(input, `thing\n${things.join('\n')}\n`)
    const table: (string | number)[][] = [
      ['at once', 'bare rows/s', 'llm batch rows/s', 'wall ÷ bare', 'CPU ÷ bare'],
    ]
    for (const concurrency of [1, 4, 8]) {
      const bare: Measured[] = []
      const batch: Measured[] = []
      for (let round = 0; round < rounds; round += 1) {
        const texts = things.map(thing => `Say something about ${thing}.`)
        bare.push(await measureBareGguf({ path: file, texts, concurrency, maxTokens }))
        batch.push(
          await measureBatch(
            {
              input,
              output: join(folder.path, `out-${concurrency}-${round}.csv`),
              template: 'Say something about {thing}.',
              model: `gguf:${file}`,
              options: { max_tokens: maxTokens },
              acceptTruncated: true,
              concurrency,
              database: join(folder.path, 'logs.db'),
            },
            { environment: { LLM_USER_PATH: join(folder.path, 'home') } },
          ),
        )
      }
      const perSecond = (runs: readonly Measured[]) =>
        (rows / (median(runs.map(run => run.wallMs)) / 1000)).toFixed(2)
      const ratio = (of: (run: Measured) => number) =>
        median(batch.map((run, round) => of(run) / of(bare[round] as Measured))).toFixed(3)
      table.push([
        concurrency,
        perSecond(bare),
        perSecond(batch),
        ratio(run => run.wallMs),
        ratio(run => run.cpuMs),
      ])
    }
    printTable(table)
  } finally {
    await folder.remove()
  }
}
