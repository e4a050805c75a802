import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { type Measured, measureBatch } from './measured-run.js'

export interface BenchBatchOptions {
  /** A folder of this run's own, removed afterwards. */
  readonly folder: string
  readonly url: string
  readonly input: string
  readonly concurrency: number | 'auto'
  readonly changes?: Partial<BatchOptions>
}

export interface MeasuredBatch extends Measured {
  /** Of the database and what stands beside it. */
  readonly databaseBytes: number
}

/** Runs a batch, CSV to CSV over the network, into a new database. */
export async function runFreshBatch(options: BenchBatchOptions): Promise<MeasuredBatch> {
  const { folder, url, input, concurrency, changes = {} } = options
  await mkdir(folder)
  try {
    const measured = await measureBatch(
      {
        input,
        output: join(folder, 'out.csv'),
        template: 'Classify: {review}',
        model: 'gpt-4o-mini',
        concurrency,
        database: join(folder, 'database', 'logs.db'),
        ...changes,
      },
      {
        environment: {
          OPENAI_BASE_URL: url,
          OPENAI_API_KEY: 'bench',
          LLM_USER_PATH: join(folder, 'home'),
        },
      },
    )
    return { ...measured, databaseBytes: await bytesOf(join(folder, 'database')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function bytesOf(folder: string): Promise<number> {
  const names = await readdir(folder)
  const sizes = await Promise.all(names.map(async name => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
