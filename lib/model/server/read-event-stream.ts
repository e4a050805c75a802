import { parseJson, recordOf } from '../error-reply/provider-error.js'

type Members = Record<string, unknown>

/** Whether a body is a stream of server-sent events, and not JSON. */
export function isEventStream(body: string): boolean {
  return /^\ufeff?\s*(?:data|event|id|retry)?:/.test(body)
}

/**
 * Makes the whole reply of a stream of server-sent events. Some servers stream although the request
 * says `"stream": false`.
 *
 * The reply has the form that the wire gives without a stream. An answer whose stream ends without
 * a reason ends with `error`: the rest of the answer is missing.
 *
 * @returns undefined if the events hold no part of an answer, and no error.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function readEventStream(body: string): unknown {
  const events = eventsIn(body)
  const failed = events.find(event => recordOf(event.error) !== undefined || isNamed(event.error))
  if (failed !== undefined) return failed
  const ended = events.findLast(({ type }) =>
    /^response\.(completed|incomplete|failed)$/.test(`${type}`),
  )
  if (ended !== undefined) return ended.response
  if (events.some(({ type }) => type === 'message_start')) return messageOf(events)
  if (events.some(({ candidates }) => Array.isArray(candidates))) return candidateOf(events)
  return choiceOf(events)
}

function isNamed(error: unknown): boolean {
  return typeof error === 'string' && error !== ''
}

function eventsIn(body: string): Members[] {
  return body.split(/\r\n\r\n|\n\n|\r\r/).flatMap(event => {
    const lines = event.split(/\r\n|\n|\r/).filter(line => line.startsWith('data:'))
    const parsed = recordOf(parseJson(lines.map(line => line.slice(5)).join('\n')))
    return parsed === undefined ? [] : [parsed]
  })
}

/** The chunks of OpenAI's chat completions and old completions. */
function choiceOf(events: readonly Members[]): unknown {
  const choices: Members[] = events.flatMap(({ choices: list }): Members[] => each(firstIn(list)))
  if (choices.length === 0) return undefined
  const deltas: Members[] = choices.flatMap(({ delta, message }): Members[] =>
    each(delta ?? message),
  )
  const finish_reason = lastOf(choices, 'finish_reason') ?? 'error'
  const choice =
    deltas.length === 0
      ? { text: joined(choices, 'text'), finish_reason }
      : { message: messageIn(deltas), finish_reason }
  return { ...events.find(hasChoices), choices: [choice], usage: lastOf(events, 'usage') }
}

function messageIn(deltas: readonly Members[]): Members {
  const names = ['content', 'refusal', 'reasoning_content', 'reasoning']
  const texts = names.map(name => [name, joined(deltas, name)] as const)
  const message = Object.fromEntries(
    texts.filter(([name, text]) => name === 'content' || text !== ''),
  )
  const calls = callsIn(deltas)
  return calls.length === 0 ? message : { ...message, tool_calls: calls }
}

/**
 * The calls of tools, whose arguments come in pieces. A piece belongs to the call with its index. A
 * new id begins a new call: some servers give all calls the same index, or none.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/streaming (`tool_calls`)
 */
function callsIn(deltas: readonly Members[]): readonly Members[] {
  const calls: Members[] = []
  const open = new Map<unknown, Members>()
  for (const { tool_calls: list } of deltas) {
    for (const piece of Array.isArray(list) ? list.flatMap(each) : []) {
      const begun = open.get(piece.index)
      const more = recordOf(piece.function)
      const isNew = begun === undefined || (filled(piece.id) && piece.id !== begun.id)
      if (isNew) {
        const call = { ...piece, function: { ...more } }
        open.set(piece.index, call)
        calls.push(call)
        continue
      }
      const called = recordOf(begun.function) ?? {}
      const texts = joined([called, more ?? {}], 'arguments')
      begun.function = { ...called, name: called.name ?? more?.name, arguments: texts }
    }
  }
  return calls.map(({ index: _place, ...call }) => call)
}

function filled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function hasChoices({ choices }: Members): boolean {
  return Array.isArray(choices) && choices.length > 0
}

/** @see https://docs.anthropic.com/en/docs/build-with-claude/streaming */
function messageOf(events: readonly Members[]): unknown {
  const message = recordOf(events.find(({ type }) => type === 'message_start')?.message) ?? {}
  const blocks = new Map<unknown, Members>()
  for (const { type, index, content_block, delta } of events) {
    if (type === 'content_block_start') blocks.set(index, { ...recordOf(content_block) })
    const block = blocks.get(index)
    if (type !== 'content_block_delta' || block === undefined) continue
    for (const [name, part] of Object.entries(recordOf(delta) ?? {})) {
      if (name === 'type' || typeof part !== 'string') continue
      block[name] = (typeof block[name] === 'string' ? block[name] : '') + part
    }
  }
  const ends = events.filter(({ type }) => type === 'message_delta')
  const usages = ends.flatMap(({ usage }) => each(usage))
  return {
    ...message,
    content: Array.from(blocks.values(), withInput),
    stop_reason:
      lastOf(
        ends.map(({ delta }) => recordOf(delta) ?? {}),
        'stop_reason',
      ) ?? 'error',
    usage: Object.assign({}, recordOf(message.usage), ...usages),
  }
}

/** The input of a tool comes as the text of its JSON. It stays a text if it is broken. */
function withInput({ partial_json: text, ...block }: Members): Members {
  return filled(text) ? { ...block, input: parseJson(`${text}`) ?? text } : block
}

function candidateOf(events: readonly Members[]): unknown {
  const candidates: Members[] = events.flatMap(({ candidates: list }): Members[] =>
    each(firstIn(list)),
  )
  const parts = candidates.flatMap(({ content }): unknown[] => {
    const list = recordOf(content)?.parts
    return Array.isArray(list) ? list : []
  })
  const finishReason = lastOf(candidates, 'finishReason') ?? 'error'
  return {
    ...events.at(-1),
    candidates: [{ ...candidates.at(-1), content: { role: 'model', parts }, finishReason }],
    usageMetadata: lastOf(events, 'usageMetadata'),
  }
}

/** The value in a list, which is empty if the value is not a record. */
function each(value: unknown): Members[] {
  const record = recordOf(value)
  return record === undefined ? [] : [record]
}

function firstIn(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}

/** The last value of a member that is neither absent nor null. */
function lastOf(all: readonly Members[], name: string): unknown {
  return all.findLast(one => one[name] !== undefined && one[name] !== null)?.[name]
}

function joined(all: readonly Members[], name: string): string {
  return all.map(one => (typeof one[name] === 'string' ? one[name] : '')).join('')
}
