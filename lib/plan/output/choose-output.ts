import { join } from 'node:path'
import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { fileIdentity } from '../../disk/file-identity.js'
import { resolveLinks } from '../../disk/resolve-links.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { Home } from '../../home/open-home.js'
import type { Surroundings } from '../../host/surroundings.js'
import { isPacked, isTable, type OutputFormat } from '../../port/row-sink.js'
import type { RowSource } from '../../port/row-source.js'
import type { Columns } from '../../row/row.js'
import { chooseOutputFormat } from '../../sink/choose-output-format.js'
import { checkAnswerFits, checkColumnsFit } from '../../sink/document/check-answer-columns.js'
import type { AnswerNaming } from '../../sink/document/outcome-columns.js'
import { listJournals } from '../../store/journal/journal-path.js'
import { checkTableOptions } from './check-table-options.js'
import { outputPath } from './output-path.js'

export interface ChosenOutput {
  /**
   * Absolute path; absent for standard output, and where only the caller's reader takes the
   * outcomes.
   */
  readonly path: string | undefined
  readonly format: OutputFormat
}

/**
 * Where the answers go, and in which format.
 *
 * @param hasReader whether the caller's own stream takes the outcomes.
 * @throws {BatchError} OUTPUT_FORMAT_UNKNOWN, OPTIONS_INVALID; reach run.
 */
export function chooseOutput(
  options: ResolvedBatchOptions,
  { isTerminalOutput: isTerminal }: Pick<Surroundings, 'isTerminalOutput'>,
  hasReader: boolean,
): ChosenOutput {
  const { output, format, defaults, onlyNew, usageColumns } = options
  const path = outputPath(output)
  if (onlyNew && path !== undefined) throw onlyNewNeedsPipe()
  if (path === undefined && hasReader) return { path, format: 'jsonl' }
  const defaultFormat = defaults.format
  const chosen = chooseOutputFormat({ format, defaultFormat, path, isTerminal })
  checkTableOptions(options, chosen)
  if (path === undefined && isTerminal && isPacked(chosen)) throw notForTerminal(chosen)
  if (usageColumns && chosen === 'text') throw textHasNoColumns()
  return { path, format: chosen }
}

/**
 * What a row must be like to be written: a table has the columns that its header names, and the
 * answer's own columns must be free. Undefined where the input's header proves it for every row.
 */
export function columnsCheck(
  { isColumnsFixed, columns }: Pick<RowSource, 'isColumnsFixed' | 'columns'>,
  format: OutputFormat,
  naming: AnswerNaming,
): ((columns: Columns) => void) | undefined {
  if (isColumnsFixed || format === 'openai-batch') return undefined
  return isTable(format) ? checkColumnsFit(columns) : checkAnswerFits(naming)
}

/** Files of llm's folder that an output with --overwrite would destroy. */
const homeFiles = [
  'keys.json',
  'aliases.json',
  'default_model.txt',
  'extra-openai-models.yaml',
  'model_options.json',
  'logs-off',
  'logs.db',
]
const besideDatabase = ['', '-wal', '-shm', '-journal']

/**
 * An output must not replace what batches need, by whatever name or link.
 *
 * @throws {BatchError} OUTPUT_UNWRITABLE; reach run.
 */
export async function checkOutputPlace(
  given: string | undefined,
  databasePath: string,
  { folder, configPath }: Home,
): Promise<void> {
  const output = outputPath(given) && given
  if (output === undefined) return
  const place = await resolveLinks(output)
  const identity = await fileIdentity(output)
  const database = await resolveLinks(databasePath)
  const own = [
    ...besideDatabase.map(end => `${database}${end}`),
    // Journals that exist: a run refuses to write to one that was there before it.
    ...[...(await listJournals(database)).values()].flat(),
    ...homeFiles.map(name => join(folder, name)),
    configPath,
  ]
  for (const path of own) {
    const isSame = (await resolveLinks(path)) === place
    const isLinked = identity !== undefined && (await fileIdentity(path)) === identity
    if (isSame || isLinked) throw outputNeeded(output, path)
  }
}

function outputNeeded(output: string, path: string): BatchError {
  return runError(
    'OUTPUT_UNWRITABLE',
    `Cannot write ${output}: llm keeps what it needs in ${path}`,
    'Name another file with --output.',
  )
}

function notForTerminal(format: OutputFormat): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `A terminal cannot show ${format}, which is not text`,
    `Name a .${format} file with --output.`,
  )
}

function textHasNoColumns(): BatchError {
  return runError(
    'OPTIONS_INVALID',
    '--usage-columns needs columns, and text has none',
    'Add --format csv or --format jsonl, or name a .csv, .tsv, .json or .jsonl file with --output.',
  )
}

function onlyNewNeedsPipe(): BatchError {
  return runError(
    'OPTIONS_INVALID',
    '--only-new is for standard output: a file is always written whole',
    'Leave out --only-new, or --output.',
  )
}
