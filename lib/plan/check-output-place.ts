import { join } from 'node:path'
import { fileIdentity } from '../disk/file-identity.js'
import { resolveLinks } from '../disk/resolve-links.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { listJournals } from '../store/journal/journal-path.js'

export interface CheckOutputPlaceOptions {
  readonly output: string | undefined
  readonly databasePath: string
  /** llm's folder. */
  readonly folder: string
  readonly configPath: string
}

/** Of llm's folder, what an output with --overwrite would destroy. */
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
export async function checkOutputPlace(options: CheckOutputPlaceOptions): Promise<void> {
  const { output, databasePath, folder, configPath } = options
  if (output === undefined) return
  const place = await resolveLinks(output)
  const identity = await fileIdentity(output)
  const database = await resolveLinks(databasePath)
  const own = [
    ...besideDatabase.map(end => `${database}${end}`),
    // Those that are there: a run refuses to write to a journal that was there before it.
    ...[...(await listJournals(database)).values()].flat(),
    ...homeFiles.map(name => join(folder, name)),
    configPath,
  ]
  for (const path of own) {
    const isSame = (await resolveLinks(path)) === place
    const isLinked = identity !== undefined && (await fileIdentity(path)) === identity
    if (isSame || isLinked) throw outputIsOwn(output, path)
  }
}

function outputIsOwn(output: string, path: string): BatchError {
  return runError(
    'OUTPUT_UNWRITABLE',
    `Cannot write ${output}: llm keeps what it needs in ${path}`,
    'Name another file with --output.',
  )
}
