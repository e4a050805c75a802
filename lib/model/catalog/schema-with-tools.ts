import type { ModelReference } from './model-reference.js'

/**
 * Whether a model may call tools and still has to give its answer in the form of a schema. If not,
 * the schema goes in the text of the prompt.
 *
 * OpenAI and Anthropic take both; Google from Gemini 3 on. Other servers of OpenAI's wire refuse
 * both together (Groq), or hold the model to the schema from its first word on, so that it never
 * calls a tool (Ollama, vLLM).
 *
 * @see https://ai.google.dev/gemini-api/docs/structured-output (with tools)
 * @see https://console.groq.com/docs/structured-outputs (no tool use)
 */
export function takesSchemaWithTools({
  wire,
  apiName,
}: Pick<ModelReference, 'wire' | 'apiName'>): boolean {
  switch (wire) {
    case 'openai-chat':
    case 'openai-responses':
    case 'anthropic':
      return true
    case 'google':
      return !/(?:^|\/)(?:gemini-(?:1|2)|gemma)/.test(apiName)
    default:
      return false
  }
}
