import { type BatchError, rowError } from '../error/batch-error.js'
import { type Message, textMessage } from '../row/message.js'
import type { WholeRequest } from '../row/prompt.js'
import type { Columns, ColumnValue } from '../row/row.js'
import { readMessage, readMessages } from './read-messages.js'

/** What a line of an OpenAI batch asks. */
export interface ReadRequest {
  readonly request: WholeRequest
  /** The conversation in the body: for the log, for estimates, and for people. */
  readonly messages: readonly Message[]
}

const endpoints: ReadonlyMap<ColumnValue | undefined, WholeRequest['endpoint']> = new Map([
  ['/v1/chat/completions', 'chat/completions'],
  ['/v1/responses', 'responses'],
  ['/v1/completions', 'completions'],
])

/**
 * Reads a line of an OpenAI batch. The body is not changed. Refused is only what has no one text
 * for an answer, because the answer would be paid for and lost.
 *
 * @param place such as `Line 17`.
 * @throws {BatchError} RECORD_INVALID, reach row.
 * @see https://platform.openai.com/docs/api-reference/batch/request-input
 */
export function readRequest({ url, body }: Columns, place: string): ReadRequest {
  const endpoint = endpoints.get(url)
  if (endpoint === undefined) throw urlUnknown(String(url), place)
  const asked = body as Columns
  if (typeof asked.model !== 'string' || asked.model === '') {
    throw invalid(place, 'body has no model')
  }
  const fault = faultOf(asked)
  if (fault !== undefined) throw invalid(place, fault)
  return { request: { endpoint, body: asked }, messages: messagesIn(endpoint, asked, place) }
}

function faultOf({ stream, background, n, tools }: Columns): string | undefined {
  if (stream === true) return 'body.stream is true: a batch takes whole answers, so leave it out'
  if (background === true) return 'body.background is true: the answer would come to no one'
  if (typeof n === 'number' && n > 1) return `body.n is ${n}, and one answer is kept`
  // A model that calls a function answers without text. Tools of the server itself are good.
  const isCall = (tool: ColumnValue) =>
    ['function', 'custom'].includes(String(member(tool, 'type')))
  const hasFunctions = Array.isArray(tools) && tools.some(isCall)
  return hasFunctions ? 'body.tools has functions, whose calls have no text' : undefined
}

function messagesIn(
  endpoint: WholeRequest['endpoint'],
  body: Columns,
  place: string,
): readonly Message[] {
  switch (endpoint) {
    case 'chat/completions':
      return readMessages(body.messages, `${place}: body.messages`)
    case 'responses':
      return messagesOfInput(body, place)
    case 'completions':
      if (typeof body.prompt !== 'string') throw invalid(place, 'body.prompt is not one text')
      return [textMessage('user', body.prompt)]
  }
}

/** A body of the Responses API. A stored prompt may stand for its input. */
function messagesOfInput({ input, instructions, prompt }: Columns, place: string): Message[] {
  const before =
    typeof instructions === 'string' && instructions !== ''
      ? [textMessage('system', instructions)]
      : []
  if (typeof input === 'string') return [...before, textMessage('user', input)]
  if (input === undefined && member(prompt, 'id') !== undefined) {
    return [...before, { role: 'user', parts: [{ kind: 'foreign', name: 'prompt' }] }]
  }
  if (!Array.isArray(input)) throw invalid(place, 'body.input is neither a text nor a list')
  if (input.length === 0) throw invalid(place, 'body.input is an empty list')
  return [...before, ...input.map((one, index) => readInput(one, `${place}: body.input[${index}]`))]
}

/** A message, or what only the Responses API has, such as the output of a function. */
function readInput(value: ColumnValue, place: string): Message {
  const type = member(value, 'type')
  if (type === undefined || type === 'message') {
    return readMessage(value, place)
  }
  return { role: 'tool', parts: [{ kind: 'foreign', name: String(type) }] }
}

function member(value: ColumnValue | undefined, name: string): ColumnValue | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Columns)[name] : undefined
}

function urlUnknown(url: string, place: string): BatchError {
  if (url === '/v1/embeddings') {
    const what = 'url is /v1/embeddings, and embeddings have no text'
    return invalid(place, what, 'Send the embeddings to the batch API of the provider.')
  }
  return invalid(
    place,
    `url is ${JSON.stringify(url.slice(0, 80))}, not one of ${[...endpoints.keys()].join(', ')}`,
  )
}

function invalid(place: string, fault: string, remedy?: string): BatchError {
  return rowError('RECORD_INVALID', `${place}: ${fault}`, remedy)
}
