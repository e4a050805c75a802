import type { LlmLog, LogFilter, LoggedCall } from '../../../port/llm-log.js'
import { openLog } from '../../../report/open-log.js'
import { fencedBlock } from '../../../row/fenced-block.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { streamTarget } from '../../../sink/target/stream-target.js'
import { exitCodes, isClosedPipe } from '../../text/exit-code.js'
import { callJson, cutCall, type LogView } from '../../text/log/log-json.js'
import { logMarkdown } from '../../text/log/log-markdown.js'
import { arrayLines, logObjects } from '../../text/log/log-objects.js'
import { logShort } from '../../text/log/log-short.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../../words/command.js'
import { usageInvalid } from '../../words/usage-errors.js'
import { findKnownBatch, withArchive } from '../with-archive.js'
import { databaseMissing } from './logs-database.js'
import { readLogFilter } from './read-log-filter.js'

/** Characters in one write. The first call is written at once. */
const pieceCharacters = 1 << 16

/** `llm logs [list]`: prints logged calls as Markdown, YAML or JSON, in bounded memory. */
export const runLogsList: RunCommand = async (given, surroundings) => {
  const { texts, switches } = given
  if (switches.short && (switches.json || switches.response)) {
    const other = switches.json ? '--json' : '--response'
    throw usageInvalid(`Cannot use --short and ${other} together.`, 'Leave one of them out.')
  }
  const log = await openLog(surroundings, { database: texts.database })
  if (log === undefined) throw databaseMissing(given, surroundings)
  try {
    if (texts.batch !== undefined) await checkBatch(texts.batch, given, surroundings)
    const filter = await readLogFilter(given, log, surroundings)
    await writeAll(textsOf(given, log, filter), surroundings)
    if (!log.hasLog) surroundings.stderr.write('This database has no log of llm.\n')
  } catch (error) {
    if (!isClosedPipe(error)) throw error
  } finally {
    await log.close()
  }
  return exitCodes.allAnswered
}

/** @throws {BatchError} BATCH_UNKNOWN, with the nearest ids. */
async function checkBatch(
  id: string,
  given: GivenCommand,
  surroundings: CommandSurroundings,
): Promise<void> {
  await withArchive(given, surroundings, archive => findKnownBatch(archive, id))
}

async function writeAll(
  texts: AsyncIterable<string>,
  { stdout }: CommandSurroundings,
): Promise<void> {
  const target = streamTarget(stdout)
  let piece = ''
  let least = 1
  for await (const text of texts) {
    piece += text
    if (piece.length < least) continue
    await target.write(Buffer.from(piece))
    piece = ''
    least = pieceCharacters
  }
  if (piece !== '') await target.write(Buffer.from(piece))
}

async function* textsOf(
  given: GivenCommand,
  log: LlmLog,
  filter: LogFilter,
): AsyncGenerator<string> {
  const { texts, switches } = given
  const view: LogView = { isCut: switches.truncate === true, isExpanded: switches.expand === true }
  const calls = () => log.readCalls(filter)
  const isOfObjects = switches.data || switches.dataArray || switches.dataIds
  if (isOfObjects || texts.dataKey !== undefined) {
    yield* objectTexts(calls(), given)
    return
  }
  if (switches.json) {
    yield* jsonTexts(calls(), view)
    return
  }
  const single = await singleText(calls, given, view)
  if (single !== undefined) {
    yield `${single}\n`
    return
  }
  const options = { ...view, hasUsage: switches.usage === true }
  const isOneConversation = filter.conversation !== undefined
  const markdown = logMarkdown({ ...options, isOneConversation })
  for await (const call of calls()) {
    yield switches.short ? logShort(call, options) : markdown(call)
  }
}

async function* objectTexts(
  calls: AsyncIterable<LoggedCall>,
  { texts, switches }: GivenCommand,
): AsyncGenerator<string> {
  const lineOf = arrayLines()
  for await (const call of calls) {
    const options = { key: texts.dataKey, hasIds: switches.dataIds === true }
    for (const object of logObjects(call, options)) {
      yield switches.dataArray ? lineOf(object) : `${pythonJsonText(object)}\n`
    }
  }
  if (switches.dataArray) yield lineOf(undefined)
}

async function* jsonTexts(calls: AsyncIterable<LoggedCall>, view: LogView): AsyncGenerator<string> {
  let isFirst = true
  for await (const call of calls) {
    yield (isFirst ? '[\n' : ',\n') + callJson(call, view)
    isFirst = false
  }
  yield isFirst ? '[]\n' : '\n]\n'
}

/**
 * What `--extract` or `--response` print; undefined if neither is given, or if no call has it. Then
 * llm lists the calls instead.
 */
async function singleText(
  calls: () => AsyncIterable<LoggedCall>,
  { switches }: GivenCommand,
  view: LogView,
): Promise<string | undefined> {
  const { extract, extractLast, response } = switches
  if (!extract && !extractLast && !response) return undefined
  let last: string | undefined
  for await (const call of calls()) {
    last = cutCall(call, view).response
    if (!extract && !extractLast) continue
    const block = fencedBlock(last ?? '', { isLast: extractLast === true })
    if (block !== undefined) return block
  }
  return extract || extractLast ? undefined : last
}
