import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import type { JsonSchema } from '../../row/json-schema.js'
import type { RequestForm } from '../../row/once-per-form.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { SdkWire } from '../catalog/model-reference.js'
import { offerTools } from '../tool-wire/offer-tools.js'

/** How the options of a prompt go to the AI SDK. */
export interface CallShape {
  /** Settings for the AI SDK. */
  readonly settings: Omit<LanguageModelV3CallOptions, 'prompt'>
  /** Members that are added to the request's body, because the SDK would rename or drop them. */
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * Makes the request that llm would make with these options, this schema and these tools. Members
 * are added unchanged: the SDK drops `temperature` for models that it takes for reasoning models,
 * and renames `max_tokens`. The server decides whether a model takes a member.
 */
export function callShape(
  wire: SdkWire,
  apiName: string,
  { options, schema, tools }: RequestForm,
): CallShape {
  const offer = offerTools(wire, tools)
  switch (wire) {
    case 'openai-responses': {
      const isReasoned = tools !== undefined && isReasoning(apiName)
      const fields = { ...responsesFields(options, schema), ...offer }
      return { settings: {}, fields: isReasoned ? { ...fields, ...reasoningIncluded } : fields }
    }
    case 'anthropic': {
      const { settings, fields } = anthropicCall(options, schema)
      // Else the SDK sends the schema to an older model as a tool that it forces.
      const anthropic = { structuredOutputMode: 'outputFormat' }
      const withTools = { ...settings, providerOptions: { anthropic } }
      return {
        settings: tools === undefined ? settings : withTools,
        fields: { ...fields, ...offer },
      }
    }
    case 'google':
      return { settings: googleSettings(options, schema), fields: offer }
  }
}

/**
 * With tools, the model's reasoning goes back with its calls. Nothing is stored with the provider,
 * so it has to come encrypted. A model without reasoning refuses this member.
 *
 * @see https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
const reasoningIncluded = { include: ['reasoning.encrypted_content'] }

/** As the AI SDK tells the models: `o3`, `gpt-5.4-mini`, not `gpt-4.1` or `gpt-5-chat-latest`. */
function isReasoning(apiName: string): boolean {
  return /^(?:o\d|gpt-(?:[5-9]|[1-9]\d)(?!-chat))/.test(apiName)
}

function responsesFields(
  {
    max_tokens,
    reasoning_effort: effort,
    reasoning_summary: summary,
    verbosity,
    json_object,
    image_detail: _images,
    chat_completions: _api,
    ...same
  }: ModelOptions,
  schema: JsonSchema | undefined,
): Record<string, unknown> {
  const format =
    schema !== undefined
      ? { type: 'json_schema', name: 'output', schema, strict: false }
      : { type: 'json_object' }
  const text = {
    ...((schema !== undefined || json_object === true) && { format }),
    ...(verbosity !== undefined && { verbosity }),
  }
  const reasoning = {
    ...(effort !== undefined && { effort }),
    ...(summary !== undefined && { summary }),
  }
  return {
    ...same,
    ...(max_tokens !== undefined && { max_output_tokens: max_tokens }),
    ...(Object.keys(reasoning).length > 0 && { reasoning }),
    ...(Object.keys(text).length > 0 && { text }),
    store: false,
    stream: false,
  }
}

/**
 * The SDK always sends `max_tokens`: by default the model's greatest value. A schema goes in
 * `output_config`, or as a tool to an older model.
 */
function anthropicCall(
  { max_tokens, user_id, thinking_budget, ...same }: ModelOptions,
  schema: JsonSchema | undefined,
): CallShape {
  return {
    settings: {
      ...(typeof max_tokens === 'number' && { maxOutputTokens: max_tokens }),
      ...(schema !== undefined && { responseFormat: jsonOf(schema) }),
    },
    fields: {
      ...same,
      ...(user_id !== undefined && { metadata: { user_id } }),
      ...(thinking_budget !== undefined && {
        thinking: { type: 'enabled', budget_tokens: thinking_budget },
      }),
      stream: false,
    },
  }
}

/** Gemini's options are one nested object, which the SDK sends unchanged. */
function googleSettings(
  options: ModelOptions,
  schema: JsonSchema | undefined,
): CallShape['settings'] {
  const numbers = defined({
    maxOutputTokens: options.max_output_tokens ?? options.max_tokens,
    temperature: options.temperature,
    topP: options.top_p,
    topK: options.top_k,
  }) as Pick<CallShape['settings'], 'maxOutputTokens' | 'temperature' | 'topP' | 'topK'>
  const thinkingConfig = defined({
    thinkingBudget: options.thinking_budget,
    thinkingLevel: options.thinking_level,
  }) as Record<string, string | number>
  const hasThinking = Object.keys(thinkingConfig).length > 0
  return {
    ...numbers,
    ...((schema !== undefined || options.json_object === true) && {
      responseFormat: jsonOf(schema),
    }),
    ...(hasThinking && { providerOptions: { google: { thinkingConfig } } }),
  }
}

function jsonOf(schema: JsonSchema | undefined) {
  return { type: 'json', ...(schema !== undefined && { schema, name: 'output' }) } as const
}

/** The options that are set. `parseModelOptions` has checked their types. */
function defined(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
