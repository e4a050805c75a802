/** One option of a model, by llm's name. */
export interface OptionDefinition {
  readonly name: string
  readonly kind: 'integer' | 'number' | 'boolean' | 'text' | 'texts' | 'biases' | 'schema'
  readonly minimum?: number
  readonly maximum?: number
  /** The allowed values of a text. */
  readonly choices?: readonly string[]
}

const maxTokens: OptionDefinition = { name: 'max_tokens', kind: 'integer', minimum: 1 }
const temperature: OptionDefinition = {
  name: 'temperature',
  kind: 'number',
  minimum: 0,
  maximum: 2,
}
const topP: OptionDefinition = { name: 'top_p', kind: 'number', minimum: 0, maximum: 1 }
const topK: OptionDefinition = { name: 'top_k', kind: 'integer', minimum: 1 }
const jsonObject: OptionDefinition = { name: 'json_object', kind: 'boolean' }
const reasoningEffort: OptionDefinition = {
  name: 'reasoning_effort',
  kind: 'text',
  choices: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
}

/** llm's options of all of OpenAI's models, with its ranges. */
const openaiOptionList: readonly OptionDefinition[] = [
  temperature,
  maxTokens,
  topP,
  { name: 'frequency_penalty', kind: 'number', minimum: -2, maximum: 2 },
  { name: 'presence_penalty', kind: 'number', minimum: -2, maximum: 2 },
  { name: 'stop', kind: 'text' },
  { name: 'logit_bias', kind: 'biases', minimum: -100, maximum: 100 },
  { name: 'seed', kind: 'integer' },
]

/** llm's options of OpenAI's chat models. */
export const chatOptionList: readonly OptionDefinition[] = [
  ...openaiOptionList,
  jsonObject,
  { name: 'image_detail', kind: 'text', choices: ['low', 'high', 'auto', 'original'] },
  { name: 'service_tier', kind: 'text' },
]

/** llm's options of the old completions endpoint. */
export const completionOptionList: readonly OptionDefinition[] = [
  ...openaiOptionList,
  { name: 'logprobs', kind: 'integer', minimum: 0, maximum: 5 },
]

/** llm's options of OpenAI's models of the Responses API. */
export const responsesOptionList: readonly OptionDefinition[] = [
  ...chatOptionList,
  { name: 'chat_completions', kind: 'boolean' },
  reasoningEffort,
  { name: 'reasoning_summary', kind: 'text', choices: ['auto', 'concise', 'detailed'] },
]

/** llm's options of the gpt-5 and gpt-6 families. */
export const verboseOptionList: readonly OptionDefinition[] = [
  ...responsesOptionList,
  { name: 'verbosity', kind: 'text', choices: ['low', 'medium', 'high'] },
]

/** Options that servers with OpenAI's wire understand or ignore. */
export const compatibleOptionList: readonly OptionDefinition[] = [
  ...chatOptionList,
  topK,
  reasoningEffort,
]

/** llm-anthropic's options. */
export const anthropicOptionList: readonly OptionDefinition[] = [
  maxTokens,
  { ...temperature, maximum: 1 },
  topP,
  topK,
  { name: 'user_id', kind: 'text' },
  { name: 'stop_sequences', kind: 'texts' },
  { name: 'thinking_budget', kind: 'integer', minimum: 1024 },
]

/** llm-gemini's options, and `max_tokens` as a second name of `max_output_tokens`. */
export const googleOptionList: readonly OptionDefinition[] = [
  temperature,
  { ...maxTokens, name: 'max_output_tokens' },
  maxTokens,
  topP,
  topK,
  jsonObject,
  { name: 'thinking_budget', kind: 'integer', minimum: -1 },
  { name: 'thinking_level', kind: 'text', choices: ['minimal', 'low', 'medium', 'high'] },
]

/**
 * Options of a GGUF file. `n_ctx` is llm-gguf's name, `json_schema` the name of llama.cpp's server.
 */
export const ggufOptionList: readonly OptionDefinition[] = [
  temperature,
  maxTokens,
  topP,
  topK,
  { name: 'seed', kind: 'integer', minimum: 0 },
  { name: 'stop', kind: 'text' },
  jsonObject,
  { name: 'json_schema', kind: 'schema' },
  { name: 'n_ctx', kind: 'integer', minimum: 64 },
]

/**
 * Options that the Responses API refuses. With `chat_completions` they go to the Chat API instead.
 */
export const chatOnlyOptions: ReadonlySet<string> = new Set([
  'frequency_penalty',
  'presence_penalty',
  'stop',
  'logit_bias',
  'seed',
])
