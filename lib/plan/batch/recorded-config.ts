import { createHash } from 'node:crypto'
import type { BatchOptions, ResolvedBatchOptions } from '../../config/batch-options.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { RecordedConfig, StoredBatch } from '../../port/stored-batch.js'
import type { Fragment } from '../../row/prompt.js'
import { offeredTools } from '../../template/prompt-hash.js'
import { outputPath } from '../output/output-path.js'
import type { RenderRowOptions } from '../prompt/render-row.js'

/** All that answers depend on besides the rows, in a form that can be compared. */
export interface Asked {
  readonly model: string
  readonly template: string
  readonly system: string
  readonly options: string
  /** Absent without a schema. */
  readonly schema?: string
  /** Absent without `params`, as in batches that were recorded before there were any. */
  readonly param?: string | undefined
  /** Of the attachments of every prompt, and the column of those of each row; absent without. */
  readonly attachment?: string
  /** Absent without tools. */
  readonly tools?: string
}

export function askedOf(given: RenderRowOptions): Asked {
  const { attachments = [], attachmentColumn: column, tools } = given
  const hasAttachments = attachments.length > 0 || column !== undefined
  const hashes = (fragments: readonly Fragment[] = []) => fragments.map(({ hash }) => hash)
  return {
    model: given.modelId ?? '',
    template: digest([given.template, hashes(given.fragments)]),
    system: digest([given.system, hashes(given.systemFragments)]),
    options: JSON.stringify(given.modelOptions ?? {}),
    ...(given.schema !== undefined && { schema: digest(given.schema) }),
    param: paramsDigest(given.params),
    ...(hasAttachments && {
      attachment: digest([attachments.map(({ id, type }) => [id, type]), column]),
    }),
    ...(tools !== undefined && { tools: digest(offeredTools(tools)) }),
  }
}

function paramsDigest(params: RenderRowOptions['params'] = {}): string | undefined {
  const entries = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? undefined : digest(entries)
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

/**
 * Options of one run only, which a resume does not take over, and options that must not be
 * recorded.
 */
const ofOneRun = [
  'key',
  'overwrite',
  'resume',
  'takeOver',
  'batchId',
  'restart',
  'limit',
  'onlyNew',
  'resumeOnFailure',
  'defaults',
  'rateLimits',
  'prices',
  'mcpServers',
] as const

/**
 * What a batch is resumed from: the options as they were meant, never a key.
 *
 * @param decided absolute paths, and what was decided where the caller said nothing. Of a key, the
 * name that it is stored under, if it has one.
 */
export function recordedConfig(
  options: ResolvedBatchOptions,
  asked: Asked,
  decided: Partial<BatchOptions> & {
    readonly fetched: Readonly<Record<string, string>>
    /** Of the input, for people who look at the batch. */
    readonly columns: readonly string[]
  },
): RecordedConfig {
  const kept: Record<string, unknown> = { ...options }
  for (const name of ofOneRun) delete kept[name]
  return { ...kept, ...decided, asked }
}

/**
 * The options of a resumed batch: those given now over those recorded. The recorded format, and
 * what fits only some formats, do not count for another output or format.
 */
export function resumedOptions(given: BatchOptions, { config }: StoredBatch): BatchOptions {
  const { asked, fetched, columns, ...recorded } = config as unknown as BatchOptions & {
    asked?: unknown
    fetched?: unknown
    columns?: unknown
  }
  // The schema may be given as one object, or as one of several.
  if (given.schemaMulti !== undefined) recorded.schema = undefined
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  const options = { ...recorded.options, ...given.options }
  const params = { ...recorded.params, ...given.params }
  const isParamSet = Object.keys(params).length > 0
  const { format, bom, crlf, excel, errorColumn, ...others } = recorded
  const isOtherOutput = given.output !== undefined && outputPath(given.output) !== recorded.output
  const isOtherFormat = given.format !== undefined && given.format !== format
  const kept = isOtherOutput || isOtherFormat ? others : recorded
  // A file that has changed since must not change the batch.
  const { options: _ofNewBatches, ...defaults } = given.defaults ?? {}
  return {
    ...kept,
    ...(Object.fromEntries(said) as BatchOptions),
    options,
    ...(given.defaults !== undefined && { defaults }),
    ...(isParamSet && { params }),
  }
}

/**
 * Whether only the output has a batch's answers: without logging, a completed batch forgets them.
 */
export function isForgotten({ status, config }: Pick<StoredBatch, 'status' | 'config'>): boolean {
  return status === 'completed' && config.log === false
}

/** Names of the options that answers depend on and that have changed. */
export function changedSince({ config }: StoredBatch, asked: Asked): readonly string[] {
  const { asked: recorded = {} } = config as { asked?: Partial<Asked> }
  const names = Object.keys({ ...recorded, ...asked }) as (keyof Asked)[]
  return names.filter(name => recorded[name] !== asked[name])
}

/**
 * Answers recorded for another model, template or option do not answer what is asked now. And a
 * batch whose answers are gone would be asked, and paid for, a second time.
 *
 * @throws {BatchError} BATCH_CHANGED
 */
export function checkUnchanged(recorded: StoredBatch | undefined, asked: Asked): void {
  if (recorded === undefined) return
  const changed = changedSince(recorded, asked)
  if (changed.length > 0) throw batchChanged(recorded.id, changed)
  if (isForgotten(recorded)) throw answersForgotten(recorded.id)
}

/** The answers of one batch must all be asked in the same way. */
function batchChanged(id: string, changed: readonly string[]): BatchError {
  const names = changed.map(name => (name === 'options' ? '-o' : `--${name}`)).join(', ')
  return runError(
    'BATCH_CHANGED',
    `Batch ${id} started with another ${changed.join(', ')}`,
    `Leave ${names} unchanged to resume the batch, or start a new batch with --restart.`,
  )
}

/** A resume would ask, and pay for, all answers again. */
function answersForgotten(id: string): BatchError {
  return runError(
    'BATCH_CHANGED',
    `Batch ${id} is completed, and its answers were not kept (--no-log)`,
    'Only its output has the answers, and the input or the output has changed. Ask all rows again with --restart.',
  )
}
