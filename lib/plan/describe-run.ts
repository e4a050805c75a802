import { resolve } from 'node:path'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { Surroundings } from '../host/surroundings.js'
import type { NewBatch } from '../port/batch-store.js'
import type { ChosenBatch } from './choose-batch.js'
import { storedKeyName } from './choose-model.js'
import type { DecidedBatch } from './decide-batch.js'
import { askedOf, recordedConfig } from './recorded-config.js'

export interface DescribeRunOptions {
  readonly options: ResolvedBatchOptions
  readonly decided: DecidedBatch
  readonly surroundings: Surroundings
  /** The model's name in llm's log. */
  readonly modelId: string
}

/** A run as it is recorded: all that is needed to go on with it, in absolute paths, and never a key. */
export async function describeRun(
  { id }: ChosenBatch,
  { options, decided, surroundings, modelId }: DescribeRunOptions,
): Promise<NewBatch> {
  const { source, model, isLogged, asked } = decided
  const output = absolute(options.output)
  const config = recordedConfig({
    options,
    asked: askedOf(asked),
    decided: {
      input: source.path,
      output,
      model: model.reference.id,
      rateLimit: model.rateLimit,
      log: isLogged,
      key: await storedKeyName(options.key, surroundings),
      database: absolute(options.database),
    },
  })
  return { id, inputFile: source.path, outputFile: output, model: modelId, config }
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path)
}
