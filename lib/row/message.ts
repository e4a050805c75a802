import type { Columns, ColumnValue } from './row.js'

/** Who said a message. OpenAI's role `developer` is read as `system`, and `function` as `tool`. */
export type Role = 'system' | 'user' | 'assistant' | 'tool'

export interface SaidText {
  readonly kind: 'text'
  readonly text: string
}

export interface ImagePart {
  readonly kind: 'image'
  /** An `https:` or `http:` URL, or a `data:` URL with the bytes of the image. */
  readonly url: string
  /** How closely the model looks, in OpenAI's words: `low`, `high` or `auto`. */
  readonly detail?: string | undefined
}

/** What only a server with OpenAI's chat wire takes, such as audio or the call of a tool. */
export interface ForeignPart {
  readonly kind: 'foreign'
  /** The part's name on the wire, such as `input_audio` or `tool_calls`. */
  readonly name: string
}

export type SaidPart = SaidText | ImagePart | ForeignPart

/** A message of a conversation. */
export interface Message {
  readonly role: Role
  readonly parts: readonly SaidPart[]
  /** The message in the row, if the row gives its messages. OpenAI's chat wire sends this. */
  readonly given?: Columns | undefined
}

export function textMessage(role: Role, text: string): Message {
  return { role, parts: [{ kind: 'text', text }] }
}

/** The texts of a message, joined. */
export function messageText({ parts }: Pick<Message, 'parts'>): string {
  return parts.map(part => (part.kind === 'text' ? part.text : '')).join('')
}

/** Text of the last message of the user; empty if there is none. */
export function lastUserText(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user')
  return last === undefined ? '' : messageText(last)
}

/** Adds a paragraph to the last message if the user said it, else a message of the user. */
export function withParagraph(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1)
  if (last?.role !== 'user') return [...messages, textMessage('user', text)]
  const parts = [...last.parts, { kind: 'text', text: `\n\n${text}` } as const]
  const given = last.given && { ...last.given, content: moreContent(last.given.content, text) }
  return [...messages.slice(0, -1), { role: 'user', parts, given }]
}

function moreContent(content: ColumnValue | undefined, text: string): ColumnValue {
  if (Array.isArray(content)) return [...content, { type: 'text', text: `\n\n${text}` }]
  return `${content ?? ''}\n\n${text}`
}
