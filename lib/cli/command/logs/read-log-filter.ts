import { createHash } from 'node:crypto'
import { text as textOf } from 'node:stream/consumers'
import { parseWholeNumber } from '../../../config/parse-number.js'
import { BatchError } from '../../../error/batch-error.js'
import { readFragment } from '../../../home/read-fragment.js'
import { readModelNames } from '../../../home/read-model-names.js'
import { resolveModel } from '../../../model/catalog/resolve-model.js'
import type { LlmLog, LogFilter } from '../../../port/llm-log.js'
import type { CommandSurroundings, GivenCommand } from '../../words/command.js'
import { usageInvalid } from '../../words/usage-errors.js'
import { fragmentFetcher } from '../fragment-fetcher.js'
import { readSchemaOption } from './read-schema-option.js'

/** Calls that are listed if nobody says how many, and no conversation or batch is chosen. */
const listedCalls = 3

/**
 * Reads which calls are asked for.
 *
 * @throws {BatchError} USAGE_INVALID, FRAGMENT_NOT_FOUND, SCHEMA_INVALID.
 */
export async function readLogFilter(
  given: GivenCommand,
  log: LlmLog,
  surroundings: CommandSurroundings,
): Promise<LogFilter> {
  const { texts, lists, switches } = given
  const conversation = await chosenConversation(given, log)
  const { batch, query } = texts
  return {
    count: countOf(texts.count, conversation ?? batch),
    order: orderOf(given),
    model: texts.model && (await modelId(texts.model, surroundings)),
    conversation,
    fragments: await fragmentHashes(lists.fragment ?? [], log, surroundings),
    tools: lists.tool ?? [],
    hasToolResults: switches.tools,
    schemaId: await readSchemaOption(given, log, surroundings.home),
    idAbove: texts.idGt,
    idFrom: texts.idGte,
    query,
    batch,
  }
}

async function chosenConversation(
  { texts, switches }: GivenCommand,
  log: LlmLog,
): Promise<string | undefined> {
  const { conversation, batch } = texts
  const isCurrent = switches.current || (switches.response && !conversation && !batch)
  if (!isCurrent) return conversation
  const { turns, responses } = await log.countCalls()
  if (turns + responses === 0) throw usageInvalid('No conversations found.')
  return log.latestConversation()
}

/** Undefined for all. */
function countOf(text: string | undefined, chosen: string | undefined): number | undefined {
  if (text === undefined) return chosen === undefined ? listedCalls : undefined
  // A negative number means all, as in llm.
  const count = parseWholeNumber(text.replace(/^-(?=\d)/, ''), { name: '--count', minimum: 0 })
  return text.startsWith('-') || count === 0 ? undefined : count
}

/** A list is in the order of time, but matches begin with the best, and JSON with the newest. */
function orderOf({ texts, switches }: GivenCommand): LogFilter['order'] {
  if (texts.batch !== undefined) return 'row'
  if (texts.query !== undefined) return switches.latest ? 'newest' : 'best'
  return switches.data ? 'newest' : 'oldest'
}

/** The id of an alias. A name that nobody knows may be of a model that was removed since. */
async function modelId(name: string, { home }: CommandSurroundings): Promise<string> {
  const names = await readModelNames(home)
  try {
    return resolveModel(name, names).id
  } catch (error) {
    if (BatchError.isInstance(error) && error.code === 'MODEL_UNKNOWN') return name
    throw error
  }
}

async function fragmentHashes(
  names: readonly string[],
  log: LlmLog,
  surroundings: CommandSurroundings,
): Promise<readonly string[]> {
  const { stdin } = surroundings
  const sources = { store: log, fetchText: fragmentFetcher(surroundings) }
  const hashes: string[] = []
  for (const name of names) {
    if (name === '-') hashes.push(sha256(await textOf(stdin)))
    else hashes.push((await readFragment(name, sources)).hash)
  }
  return hashes
}

function sha256(content: string): string {
  return createHash('sha256').update(content, 'utf8').digest('hex')
}
