import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { ModelReference } from './model-reference.js'
import { chatOnlyOptions, type OptionDefinition } from './option-list.js'

type OptionValue = ModelOptions[string]

/**
 * Checks the options of a model, and converts them as llm does: `"0.2"` is a number for
 * `temperature`, `"yes"` is true for `json_object`. The result is in the order of the model's list.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID with the option, and the known options.
 */
export function parseModelOptions(
  model: Pick<ModelReference, 'id' | 'wire' | 'options'>,
  given: Readonly<Record<string, string | number | boolean>>,
): ModelOptions {
  const known = model.options.map(({ name }) => name)
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw unknownOption(name, model.id, known)
  }
  const options: Record<string, OptionValue> = {}
  for (const definition of model.options) {
    const value = given[definition.name]
    if (value !== undefined) options[definition.name] = parseOption(definition, value)
  }
  if (model.wire === 'openai-responses' && options.chat_completions !== true) {
    const refused = Object.keys(options).find(name => chatOnlyOptions.has(name))
    if (refused !== undefined) throw optionNeedsChat(refused, model.id)
  }
  return Object.freeze(options)
}

function parseOption(definition: OptionDefinition, given: string | number | boolean): OptionValue {
  switch (definition.kind) {
    case 'integer':
    case 'number':
      return parseNumber(definition, given)
    case 'boolean':
      return parseBoolean(definition, given)
    case 'text':
      return parseText(definition, String(given))
    case 'texts':
      return parseTexts(definition, String(given))
    case 'biases':
      return parseBiases(definition, String(given))
    case 'schema':
      return parseSchema(definition, String(given))
  }
}

function parseNumber(definition: OptionDefinition, given: string | number | boolean): number {
  const { kind, minimum = -Infinity, maximum = Infinity } = definition
  const isNumeral =
    typeof given === 'number' ||
    /^\s*[-+]?(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(String(given))
  const value = isNumeral ? Number(given) : Number.NaN
  const isOfKind = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (isOfKind && value >= minimum && value <= maximum) return value
  throw invalidOption(definition, given, `${aKind(kind)}${rangeOf(minimum, maximum)}`)
}

function aKind(kind: OptionDefinition['kind']): string {
  return kind === 'integer' ? 'a whole number' : 'a number'
}

function rangeOf(minimum: number, maximum: number): string {
  if (Number.isFinite(minimum) && Number.isFinite(maximum)) return ` from ${minimum} to ${maximum}`
  return Number.isFinite(minimum) ? ` of ${minimum} or more` : ''
}

const trueWords = ['1', 'true', 't', 'yes', 'y', 'on']
const falseWords = ['0', 'false', 'f', 'no', 'n', 'off']

function parseBoolean(definition: OptionDefinition, given: string | number | boolean): boolean {
  const word = String(given).toLowerCase()
  if (trueWords.includes(word)) return true
  if (falseWords.includes(word)) return false
  throw invalidOption(definition, given, 'true or false')
}

function parseText(definition: OptionDefinition, given: string): string {
  const { choices } = definition
  if (choices === undefined || choices.includes(given)) return given
  throw invalidOption(definition, given, `one of ${choices.join(', ')}`)
}

/** A JSON list of texts, or one text. */
function parseTexts(definition: OptionDefinition, given: string): readonly string[] {
  const parsed = parseJson(given)
  if (!Array.isArray(parsed)) return [given]
  if (parsed.every(item => typeof item === 'string')) return parsed
  throw invalidOption(definition, given, 'a text, or a JSON list of texts')
}

/** A JSON object of token id → bias. */
function parseBiases(definition: OptionDefinition, given: string): Record<string, number> {
  const { minimum = -Infinity, maximum = Infinity } = definition
  const parsed = parseJson(given)
  const isMap = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  const entries = isMap ? Object.entries(parsed) : undefined
  const isBias = (value: unknown): boolean =>
    Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum
  if (entries?.every(([token, value]) => /^\d+$/.test(token) && isBias(value))) {
    return Object.fromEntries(entries)
  }
  throw invalidOption(
    definition,
    given,
    `a JSON object of token ids and whole numbers from ${minimum} to ${maximum}`,
  )
}

function parseSchema(definition: OptionDefinition, given: string): object {
  const parsed = parseJson(given)
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  throw invalidOption(definition, given, 'a JSON schema, as {"type": "object", …}')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unknownOption(name: string, modelId: string, known: readonly string[]): BatchError {
  const [near] = nearest(name, known, 1)
  const hint = near === undefined ? '' : `Did you mean ${near}? `
  const list =
    known.length === 0 ? 'This model takes no options.' : `It takes: ${known.join(', ')}.`
  return optionError(`Unknown option ${name} for ${modelId}`, hint + list)
}

function invalidOption(
  { name }: OptionDefinition,
  given: string | number | boolean,
  expected: string,
): BatchError {
  const shown = JSON.stringify(String(given).slice(0, 100))
  return optionError(
    `Option ${name} is ${shown}, which is not ${expected}`,
    `Say -o ${name} VALUE.`,
  )
}

function optionNeedsChat(name: string, modelId: string): BatchError {
  return optionError(
    `${modelId} takes no ${name} through the Responses API`,
    'Leave it out, or add -o chat_completions true to ask through the Chat API.',
  )
}

function optionError(message: string, remedy: string): BatchError {
  return runError('MODEL_OPTION_INVALID', message, remedy)
}
