import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { namedInputs } from '../../config/input-name.js'
import type { Home } from '../../home/open-home.js'
import { hasStoredKey } from '../../home/stored-keys.js'
import type { NewBatch } from '../../port/batch-store.js'
import type { Plan } from '../../run/plan.js'
import { outputPath } from '../output/output-path.js'
import { recordedAttachments } from '../prompt/choose-attachments.js'
import { recordedTools } from '../prompt/choose-tools.js'
import { type ReadFragments, recordedNames } from '../prompt/read-fragments.js'
import { type Asked, recordedConfig } from './recorded-config.js'

export interface BatchToRecordOptions extends ReadFragments {
  readonly plan: Plan
  readonly asked: Asked
  readonly options: ResolvedBatchOptions
  readonly home: Home
}

/**
 * The batch as it is recorded: all that is needed to resume it, in absolute paths, and never a key.
 */
export async function batchToRecord(given: BatchToRecordOptions): Promise<NewBatch> {
  const { plan, asked, options, home, fetched, fragments, systemFragments } = given
  const { batchId: id, inputPath, modelId: model, isLogged } = plan
  const { rateLimit, tokenLimit } = plan
  const isAuto = options.concurrency === 'auto' || plan.isConcurrencyAuto
  const { key, database } = options
  const output = outputPath(options.output)
  const config = recordedConfig(options, asked, {
    input: recordedInput(inputPath),
    output,
    model,
    // The number found belongs to one run.
    concurrency: isAuto ? 'auto' : plan.concurrency,
    rateLimit,
    tokenLimit,
    log: isLogged,
    schema: plan.form?.schema,
    schemaMulti: undefined,
    key: key !== undefined && (await hasStoredKey(home.folder, key)) ? key : undefined,
    attachments: recordedAttachments(options.attachments),
    tools: recordedTools(options.tools),
    database: database === undefined ? undefined : plan.databasePath,
    fragments: recordedNames(options.fragments, fragments),
    systemFragments: recordedNames(options.systemFragments, systemFragments),
    fetched,
    columns: plan.columns,
  })
  return { id, inputFile: inputPath, outputFile: output, model, config }
}

/** One path stays a text, as in batches that were recorded before there could be several. */
function recordedInput(name: string): ResolvedBatchOptions['input'] {
  const inputs = namedInputs(name)
  return inputs.length === 1 ? name : [...inputs]
}
