import { type ModelOptions, type Prompt, promptText } from '../../row/prompt.js'
import type { CompletionsWire } from '../catalog/model-reference.js'

/**
 * Writes the request bodies of prompts with the same options: only the texts differ. The old
 * completions endpoint gets the prompt itself, as from llm.
 */
export function completionsBody(
  wire: CompletionsWire,
  apiName: string,
  modelOptions: ModelOptions,
): (prompt: Prompt) => string {
  const model = JSON.stringify(apiName)
  if (wire === 'openai-completion') {
    const end = endOfBody(modelOptions)
    return prompt => `{"model":${model},"prompt":${JSON.stringify(promptText(prompt))}${end}`
  }
  const end = endOfBody(chatFields(modelOptions))
  return prompt => {
    // An empty system prompt is not sent, as in llm: some servers refuse it.
    const system = prompt.system ? `${message('system', prompt.system)},` : ''
    return `{"model":${model},"messages":[${system}${message('user', promptText(prompt))}]${end}`
  }
}

function message(role: 'system' | 'user', content: string): string {
  return `{"role":"${role}","content":${JSON.stringify(content)}}`
}

function endOfBody(fields: Readonly<Record<string, unknown>>): string {
  const members = JSON.stringify(fields).slice(1)
  return members === '}' ? members : `,${members}`
}

/**
 * Options have the same names on the wire, except `json_object`. `image_detail` is left out,
 * because there are no images.
 */
function chatFields({
  json_object,
  image_detail: _images,
  chat_completions: _api,
  reasoning_summary: _summary,
  ...same
}: ModelOptions): Record<string, unknown> {
  return json_object === true ? { ...same, response_format: { type: 'json_object' } } : same
}
