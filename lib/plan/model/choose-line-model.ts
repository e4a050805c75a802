import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { Home } from '../../home/open-home.js'
import type { ModelReference, Wire } from '../../model/catalog/model-reference.js'
import type { OutputFormat } from '../../port/row-sink.js'
import type { InputFormat } from '../../port/row-source.js'
import type { Columns } from '../../row/row.js'
import { type ChosenModel, chooseModel } from './choose-model.js'

/** What a line says itself, by the option that would say it again. */
const saidByLines = [
  ['--template', ({ template }) => template !== undefined],
  ['--system', ({ system }) => system !== undefined],
  ['--fragment', ({ fragments }) => fragments.length > 0],
  ['--system-fragment', ({ systemFragments }) => systemFragments.length > 0],
  ['--attachment', ({ attachments }) => attachments.length > 0],
  ['--attachment-column', ({ attachmentColumn }) => attachmentColumn !== undefined],
  ['--param', ({ params }) => Object.keys(params).length > 0],
  ['--schema', ({ schema }) => schema !== undefined],
  ['--schema-multi', ({ schemaMulti }) => schemaMulti !== undefined],
  ['-o', ({ options }) => Object.keys(options).length > 0],
] as const satisfies readonly (readonly [string, (options: ResolvedBatchOptions) => boolean])[]

/** These take no request of OpenAI's API. */
const unfit = new Set<Wire>(['anthropic', 'google', 'gguf', 'own'])

/**
 * The model whose server is asked the lines of an OpenAI batch: the one that was named, else that
 * of the first line, as a model of OpenAI.
 *
 * Lines are asked as they stand. So options that would change them are refused, default options of
 * the model do not count, and a server that does not understand the lines is refused.
 *
 * @param firstLine columns of the first line; absent for an empty input.
 * @throws {BatchError} OPTIONS_INVALID, MODEL_UNKNOWN; reach run.
 */
export async function chooseLineModel(
  options: ResolvedBatchOptions,
  firstLine: Columns | undefined,
  home: Home,
  own?: ModelReference,
): Promise<ChosenModel> {
  const flag = saidByLines.find(([, isGiven]) => isGiven(options))?.[0]
  if (flag !== undefined) throw saysItself(flag)
  if (options.maxCostUsd !== undefined) throw costUnbounded()
  const model = options.model ?? modelOfLine(firstLine)
  const chosen = await chooseModel({ ...options, model }, undefined, home, own)
  const { id, wire } = chosen.reference
  if (unfit.has(wire)) throw wireUnfit(id)
  return { ...chosen, modelOptions: {} }
}

function modelOfLine(line: Columns | undefined): string | undefined {
  if (line === undefined) return undefined
  const { model } = Object(line.body) as Columns
  if (typeof model === 'string' && model !== '') return `openai/${model}`
  throw runError(
    'MODEL_UNKNOWN',
    'The first line of the batch names no model in its body',
    'Name the model whose server is asked with --model.',
  )
}

/** @throws {BatchError} OPTIONS_INVALID, reach run. */
export function checkResultFormat(
  { usageColumns, responseColumn, extract }: ResolvedBatchOptions,
  input: InputFormat,
  output: OutputFormat,
): void {
  if (output !== 'openai-batch') return
  if (input !== 'openai-batch') {
    throw runError(
      'OPTIONS_INVALID',
      `--format openai-batch writes the results of lines with a custom_id, but the input is ${input}`,
      'Use --format jsonl, or give lines of an OpenAI batch.',
    )
  }
  const flag = usageColumns
    ? '--usage-columns'
    : (responseColumn && '--response-column') || (extract && '--extract')
  if (!flag) return
  throw runError(
    'OPTIONS_INVALID',
    `--format openai-batch has no place for what ${flag} asks for`,
    `Leave out ${flag}: each result has the whole text and its tokens.`,
  )
}

function wireUnfit(id: string): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `${id} takes no lines of an OpenAI batch: its server has an API of its own`,
    'Choose a model of OpenAI, or of a server with its API, with --model.',
  )
}

/** Each body names its model and the length of its answer. */
function costUnbounded(): BatchError {
  return runError(
    'OPTIONS_INVALID',
    '--max-cost cannot hold for lines of an OpenAI batch: each line chooses its model and length',
    'Leave out --max-cost. --estimate-cost says what the batch may cost.',
  )
}

function saysItself(flag: string): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `Lines of an OpenAI batch are asked as they stand, and ${flag} would change them`,
    `Leave out ${flag}, or read the lines as rows with --input-format jsonl and --template.`,
  )
}
