import type { ModelOptions } from '../row/prompt.js'
import { checkGgufSchema, schemaUnfit } from './check-gguf-schema.js'
import type { Llama, LlamaGrammar, LlamaResponseOptions } from './llama-module.js'

/** How a text is generated. */
export type GgufSettings = Partial<
  Pick<
    LlamaResponseOptions,
    'maxTokens' | 'temperature' | 'topP' | 'topK' | 'seed' | 'grammar' | 'customStopTriggers'
  >
>

/**
 * The options of a model in the library's words. A JSON schema becomes a grammar: the model cannot but keep to it.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID for a schema that no grammar can be made of; reach run.
 */
export async function ggufSettings(options: ModelOptions, llama: Llama): Promise<GgufSettings> {
  const grammar = await grammarOf(options, llama)
  return {
    ...numberOf('maxTokens', options.max_tokens),
    ...numberOf('temperature', options.temperature),
    ...numberOf('topP', options.top_p),
    ...numberOf('topK', options.top_k),
    ...numberOf('seed', options.seed),
    ...(grammar !== undefined && { grammar }),
    ...(typeof options.stop === 'string' && { customStopTriggers: [options.stop] }),
  }
}

function numberOf<Name extends string>(
  name: Name,
  value: unknown,
): { readonly [Key in Name]?: number } {
  return (typeof value === 'number' ? { [name]: value } : {}) as { [Key in Name]?: number }
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
    throw schemaUnfit('', `makes no grammar: ${String((error as Error).message).split('\n')[0]}`)
  }
}
