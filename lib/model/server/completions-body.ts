import type { Attachment } from '../../row/attachment.js'
import { stringifyJson } from '../../row/exact-json.js'
import type { JsonSchema } from '../../row/json-schema.js'
import { type Message, messageText } from '../../row/message.js'
import type { RequestForm } from '../../row/once-per-form.js'
import {
  askedAt,
  conversationOf,
  type ModelOptions,
  type Prompt,
  promptText,
} from '../../row/prompt.js'
import type { CompletionsWire } from '../catalog/model-reference.js'
import { offerTools } from '../tool-wire/offer-tools.js'
import { followUpJson, splitAtRound } from '../tool-wire/write-follow-ups.js'
import { chatContent } from './chat-content.js'
import { fillBody, markContents } from './marked-contents.js'

/**
 * Writes the request bodies of prompts with the same options, schema and tools: only the texts and
 * the attachments differ. The old completions endpoint gets the prompt itself, as from llm.
 */
export function completionsBody(
  wire: CompletionsWire,
  apiName: string,
  { options, schema, tools }: RequestForm,
): (prompt: Prompt) => string | Buffer {
  const model = JSON.stringify(apiName)
  if (wire === 'openai-completion') {
    const end = endOfBody(options)
    return prompt => `{"model":${model},"prompt":${JSON.stringify(promptText(prompt))}${end}`
  }
  const end = endOfBody({ ...chatFields(options, schema), ...offerTools(wire, tools) })
  return prompt => {
    if (prompt.attachments !== undefined) return withAttachments(prompt, prompt.attachments)
    if (prompt.messages !== undefined || prompt.followUps !== undefined) {
      return `{"model":${model},"messages":[${messagesOf(prompt)}]${end}`
    }
    // An empty system prompt is not sent, as in llm: some servers refuse it.
    const system = prompt.system ? `${message('system', prompt.system)},` : ''
    return `{"model":${model},"messages":[${system}${message('user', promptText(prompt))}]${end}`
  }

  function withAttachments(prompt: Prompt, attachments: readonly Attachment[]): Buffer {
    const marks = markContents(prompt)
    const { image_detail: detail } = options
    const content = chatContent({ text: promptText(prompt), attachments, marks, detail })
    const whole = messagesOf(prompt).with(askedAt(prompt), message('user', content))
    const marked = marks.filter(mark => mark !== undefined)
    return fillBody(`{"model":${model},"messages":[${whole}]${end}`, marked)
  }

  function messagesOf(whole: Prompt): string[] {
    const { prompt, rest } = splitAtRound(whole)
    return [...conversationOf(prompt).map(messageJson), ...followUpJson(wire, rest)]
  }
}

/** A message that the row gives is sent unchanged, with members that only the server knows. */
function messageJson(said: Message): string {
  return said.given === undefined
    ? message(said.role, messageText(said))
    : stringifyJson(said.given)
}

function message(role: Message['role'], content: string | readonly object[]): string {
  return `{"role":"${role}","content":${JSON.stringify(content)}}`
}

/** Some servers stream if the request does not say that they must not. */
function endOfBody(fields: Readonly<Record<string, unknown>>): string {
  return `,${JSON.stringify({ ...fields, stream: false }).slice(1)}`
}

/**
 * Options have the same names on the wire, except `json_object`, and `image_detail`, which goes
 * with each image. A schema goes as llm sends it.
 */
function chatFields(
  {
    json_object,
    image_detail: _images,
    chat_completions: _api,
    reasoning_summary: _summary,
    ...same
  }: ModelOptions,
  schema: JsonSchema | undefined,
): Record<string, unknown> {
  if (schema !== undefined) {
    const json_schema = { name: 'output', schema }
    return { ...same, response_format: { type: 'json_schema', json_schema } }
  }
  return json_object === true ? { ...same, response_format: { type: 'json_object' } } : same
}
