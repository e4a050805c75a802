import type { ModelOptions, Prompt } from '../../row/prompt.js'
import { checkGgufSchema, schemaUnfit } from './check-gguf-schema.js'
import type { Llama, LlamaGrammar, LlamaResponseOptions } from './llama-module.js'

/** Settings for generating a text. */
export type GgufSettings = Partial<
  Pick<
    LlamaResponseOptions,
    'maxTokens' | 'temperature' | 'topP' | 'topK' | 'seed' | 'grammar' | 'customStopTriggers'
  >
>

/** Numeric options: llm's name, and the library's name. */
const numberNames = {
  max_tokens: 'maxTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
} as const

/**
 * Translates a model's options for the library. A JSON schema becomes a grammar, which the model
 * must follow.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID for a schema without a grammar; reach run.
 */
export async function ggufSettings(
  { options, schema }: Pick<Prompt, 'options' | 'schema'>,
  llama: Llama,
): Promise<GgufSettings> {
  const json_schema = schema ?? options.json_schema
  const grammar = await grammarOf(
    { ...options, ...(json_schema !== undefined && { json_schema }) },
    llama,
  )
  const numbers = Object.entries(numberNames)
    .map(([option, name]) => [name, options[option]] as const)
    .filter(([, value]) => typeof value === 'number')
  return {
    ...(Object.fromEntries(numbers) as GgufSettings),
    ...(grammar !== undefined && { grammar }),
    ...(typeof options.stop === 'string' && { customStopTriggers: [options.stop] }),
  }
}

async function grammarOf(
  { json_schema: schema, json_object: isJson }: ModelOptions,
  llama: Llama,
): Promise<LlamaGrammar | undefined> {
  if (typeof schema !== 'object') {
    return isJson === true ? await llama.getGrammarFor('json') : undefined
  }
  checkGgufSchema(schema)
  try {
    return await llama.createGrammarForJsonSchema(schema)
  } catch (error) {
    throw schemaUnfit(
      '',
      `cannot become a grammar: ${String((error as Error).message).split('\n')[0]}`,
    )
  }
}
