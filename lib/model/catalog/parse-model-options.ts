import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { ModelReference } from './model-reference.js'
import { chatOnlyOptions, type OptionDefinition } from './option-list.js'

type OptionValue = ModelOptions[string]
type Given = string | number | boolean

/**
 * Checks the options of a model, and converts them as llm does: `"0.2"` is a number for
 * `temperature`, `"yes"` is true for `json_object`. The result is in the order of the model's list.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID with the option, and the known options.
 */
export function parseModelOptions(
  model: Pick<ModelReference, 'id' | 'wire' | 'options'>,
  given: Readonly<Record<string, Given>>,
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

function parseOption(definition: OptionDefinition, given: Given): OptionValue {
  const value = readValue(definition, given)
  if (value !== undefined) return value
  const shown = JSON.stringify(String(given).slice(0, 100))
  const { name } = definition
  throw optionInvalid(
    `Option ${name} is ${shown}, which is not ${expectedOf(definition)}`,
    `Set it with -o ${name} VALUE.`,
  )
}

/** @returns undefined if the text is not a value of this option. */
function readValue(definition: OptionDefinition, given: Given): OptionValue | undefined {
  const text = String(given)
  switch (definition.kind) {
    case 'integer':
    case 'number':
      return numberOf(definition, text)
    case 'boolean':
      return booleanOf(text.toLowerCase())
    case 'text':
      return definition.choices?.includes(text) === false ? undefined : text
    case 'texts':
      return textsOf(text)
    case 'biases':
      return biasesOf(definition, text)
    case 'schema':
      return objectOf(text)
  }
}

function expectedOf({ kind, minimum, maximum, choices = [] }: OptionDefinition): string {
  switch (kind) {
    case 'integer':
    case 'number': {
      const noun = kind === 'integer' ? 'a whole number' : 'a number'
      if (minimum === undefined) return noun
      return maximum === undefined
        ? `${noun} of ${minimum} or more`
        : `${noun} from ${minimum} to ${maximum}`
    }
    case 'boolean':
      return 'true or false'
    case 'text':
      return `one of ${choices.join(', ')}`
    case 'texts':
      return 'a text, or a JSON list of texts'
    case 'biases':
      return `a JSON object of token ids and whole numbers from ${minimum} to ${maximum}`
    case 'schema':
      return 'a JSON schema, as {"type": "object", …}'
  }
}

function numberOf(definition: OptionDefinition, text: string): number | undefined {
  const { kind, minimum = -Infinity, maximum = Infinity } = definition
  if (!/^\s*[-+]?(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(text)) return undefined
  const value = Number(text)
  const isOfKind = kind === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)
  return isOfKind && value >= minimum && value <= maximum ? value : undefined
}

function booleanOf(word: string): boolean | undefined {
  if (['1', 'true', 't', 'yes', 'y', 'on'].includes(word)) return true
  return ['0', 'false', 'f', 'no', 'n', 'off'].includes(word) ? false : undefined
}

/** A JSON list of texts, else one text. */
function textsOf(text: string): readonly string[] | undefined {
  const parsed = parseJson(text)
  if (!Array.isArray(parsed)) return [text]
  return parsed.every(element => typeof element === 'string') ? parsed : undefined
}

/** A JSON object of token id → bias. */
function biasesOf(
  { minimum = -Infinity, maximum = Infinity }: OptionDefinition,
  text: string,
): Readonly<Record<string, number>> | undefined {
  const biases = objectOf(text)
  const isBias = ([token, bias]: [string, unknown]): boolean =>
    /^\d+$/.test(token) &&
    Number.isInteger(bias) &&
    Number(bias) >= minimum &&
    Number(bias) <= maximum
  if (biases === undefined || !Object.entries(biases).every(isBias)) return undefined
  return biases as Record<string, number>
}

function objectOf(text: string): object | undefined {
  const parsed = parseJson(text)
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
  return isObject ? parsed : undefined
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
  return optionInvalid(`Unknown option ${name} for ${modelId}`, hint + list)
}

function optionNeedsChat(name: string, modelId: string): BatchError {
  return optionInvalid(
    `${modelId} takes no ${name} through the Responses API`,
    'Leave the option out, or add -o chat_completions true to ask through the Chat API.',
  )
}

function optionInvalid(message: string, remedy: string): BatchError {
  return runError('MODEL_OPTION_INVALID', message, remedy)
}
