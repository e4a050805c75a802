import { type BatchError, rowError } from '../error/batch-error.js'
import type { Message, Role, SaidPart } from '../row/message.js'
import type { Columns, ColumnValue } from '../row/row.js'

const roles: ReadonlyMap<ColumnValue | undefined, Role> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
])

/**
 * Reads a list of messages in the form of OpenAI's chat completions. Members and parts that are not
 * known are kept in `given`, because the server may know them.
 *
 * @param place what the list is, for people: `Line 17: messages`.
 * @throws {BatchError} RECORD_INVALID, reach row, with the place of the fault.
 * @see https://platform.openai.com/docs/api-reference/chat/create (messages)
 */
export function readMessages(value: ColumnValue | undefined, place: string): readonly Message[] {
  if (!Array.isArray(value)) throw invalid(place, 'is not a list')
  if (value.length === 0) throw invalid(place, 'is an empty list')
  return value.map((one, index) => readMessage(one, `${place}[${index}]`))
}

/** As `readMessages`, for one message. */
export function readMessage(value: ColumnValue, place: string): Message {
  const given = objectOf(value)
  if (given === undefined) throw invalid(place, 'is not an object')
  const role = roles.get(given.role)
  if (role === undefined) {
    const found = given.role === undefined ? 'has no role' : `has the role ${shown(given.role)}`
    throw invalid(place, `${found}; a role is system, developer, user, assistant or tool`)
  }
  const called = [
    ...calledTools(given.tool_calls, 'tool_calls'),
    ...calledTools(given.function_call, 'function_call'),
  ]
  const parts = [...readContent(given, called.length > 0, place), ...called]
  return { role, parts, given }
}

/** Only the message of a model that calls a tool may be without content. */
function readContent(
  { content, role }: Columns,
  mayLack: boolean,
  place: string,
): readonly SaidPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (Array.isArray(content)) {
    return content.map((part, index) => readPart(part, `${place}.content[${index}]`))
  }
  if (content !== undefined && content !== null) {
    throw invalid(place, 'has a content that is neither a text nor a list of parts')
  }
  if (mayLack) return []
  throw invalid(place, `(${shown(role)}) has no content`)
}

function readPart(value: ColumnValue, place: string): SaidPart {
  if (typeof value === 'string') return { kind: 'text', text: value }
  const part = objectOf(value)
  if (part === undefined) throw invalid(place, 'is not an object')
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      if (typeof part.text !== 'string') throw invalid(place, 'has no text')
      return { kind: 'text', text: part.text }
    case 'image_url':
    case 'input_image':
      return readImage(part, part.type, place)
    default:
      if (typeof part.type !== 'string') throw invalid(place, 'has no type')
      return { kind: 'foreign', name: part.type }
  }
}

/**
 * The Chat API has the URL in an object; the Responses API has a text, and may have the id of a
 * file instead.
 */
function readImage(part: Columns, name: string, place: string): SaidPart {
  const image = objectOf(part.image_url) ?? { ...part, url: part.image_url ?? null }
  const { url, detail } = image
  if (typeof url !== 'string') {
    if (part.file_id !== undefined) return { kind: 'foreign', name: `${name} with a file_id` }
    throw invalid(place, 'has no URL of an image')
  }
  if (!URL.canParse(url) || !/^(https?|data):/i.test(url)) {
    throw invalid(place, `has an image whose URL is not http(s) or data: ${shown(url)}`)
  }
  if (/^data:/i.test(url) && !/^data:image\/[a-z0-9.+-]+;base64,[a-z0-9+/]+={0,2}$/i.test(url)) {
    throw invalid(place, 'has a data: URL that is not an image in Base64')
  }
  return { kind: 'image', url, ...(typeof detail === 'string' && { detail }) }
}

function calledTools(value: ColumnValue | undefined, name: string): readonly SaidPart[] {
  const isEmpty =
    value === undefined || value === null || (Array.isArray(value) && value.length === 0)
  return isEmpty ? [] : [{ kind: 'foreign', name }]
}

function objectOf(value: ColumnValue | undefined): Columns | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Columns) : undefined
}

function shown(value: ColumnValue | undefined): string {
  return (JSON.stringify(typeof value === 'bigint' ? String(value) : value) ?? 'nothing').slice(
    0,
    80,
  )
}

function invalid(place: string, fault: string): BatchError {
  return rowError('RECORD_INVALID', `${place} ${fault}`)
}
