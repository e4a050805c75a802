import { isDeepStrictEqual } from 'node:util'
import type { StubWire } from './stub-wires.js'

/** A call that the stub makes; its arguments as it writes them, in JSON or broken. */
export interface StubCall {
  readonly name: string
  readonly arguments: string
}

/** Calls that the stub made, as the request has them, and the results that it got. */
export interface StubRound {
  readonly calls: readonly string[]
  readonly results: readonly string[]
}

/** A part of a request: what the model said with its calls, and the results after it. */
interface RawRound {
  /** In the form of the wire: a message, its items, its blocks, its content. */
  readonly said: unknown
  readonly ids: readonly string[]
  readonly names: readonly string[]
  readonly resultIds: readonly string[]
  readonly results: readonly string[]
}

/** Names of the tools that a request offers. Throws a `StubRefusal` for an offer of no form. */
export function offeredTools(wire: StubWire, body: any): readonly string[] {
  const tools: any[] = body.tools ?? []
  const specs = wire === 'google' ? tools.flatMap(tool => tool.functionDeclarations ?? []) : tools
  return specs.flatMap(tool => {
    const spec = wire === 'openai-chat' ? tool.function : tool
    const schema = spec?.input_schema ?? spec?.parametersJsonSchema ?? spec?.parameters
    const isFunction = !wire.startsWith('openai') || tool.type === 'function'
    // What the provider itself runs.
    if (!isFunction && wire === 'openai-responses') return []
    const isNamed = /^[\w-]{1,64}$/.test(spec?.name ?? '')
    if (!isFunction || !isNamed || schema?.type !== 'object') {
      throw new StubRefusal(`Invalid 'tools': ${JSON.stringify(tool)}`)
    }
    return spec.name
  })
}

/**
 * The calls that a prompt's text wants in a round, as in `CALL add {"a": 1} CALL add {"a": 2} THEN
 * CALL python {"code": "6"}`: two calls at once, then another one. With `FOREVER` the last round is
 * wanted again and again.
 *
 * @returns undefined after the last round.
 */
export function scriptedCalls(text: string, rounds: number): readonly StubCall[] | undefined {
  const script = text.split(/\bTHEN\b/).map(round =>
    round
      .replace(/\bFOREVER\b/, '')
      .split(/\bCALL\s+/)
      .slice(1)
      .map(call => {
        const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(call.trim()) ?? []
        return { name, arguments: rest }
      }),
  )
  const wanted = script[rounds] ?? (/\bFOREVER\b/.test(text) ? script.at(-1) : undefined)
  return wanted?.length ? wanted : undefined
}

/** A request that a provider would refuse with the status 400. */
export class StubRefusal extends Error {
  body(wire: StubWire): object {
    const { message } = this
    switch (wire) {
      case 'anthropic':
        return { type: 'error', error: { type: 'invalid_request_error', message } }
      case 'google':
        return { error: { code: 400, message, status: 'INVALID_ARGUMENT' } }
      default:
        return { error: { message, type: 'invalid_request_error', param: null, code: null } }
    }
  }
}

/**
 * Reads the rounds of requests, and refuses those that a provider would refuse: results without
 * their calls, calls without their results, results out of order, and a model's words that are not
 * those that it said.
 */
export function createRoundCheck() {
  const said = new Map<string, unknown>()

  return {
    /** Keeps what a reply said with its calls. */
    remember(wire: StubWire, reply: unknown): void {
      const whole = saidIn(wire, typeof reply === 'string' ? parsed(reply) : reply)
      const key = whole === undefined ? undefined : keyOf(wire, whole)
      if (key !== undefined) said.set(key, whole)
    },

    rounds(wire: StubWire, body: any): readonly StubRound[] {
      return rawRounds(wire, body).map(round => {
        checkPairs(wire, round)
        checkSaid(wire, round)
        return { calls: round.names, results: round.results }
      })
    },
  }

  function checkSaid(wire: StubWire, round: RawRound): void {
    const key = keyOf(wire, round.said)
    // Our own ids are for calls without one, which the stub cannot know again.
    if (key === undefined || key.startsWith('tc_')) return
    if (!said.has(key)) throw new StubRefusal(`No call has the id ${key}`)
    const sent = said.get(key)
    if (isDeepStrictEqual(comparable(wire, round.said, sent), comparable(wire, sent, sent))) return
    throw new StubRefusal(
      `The model did not say ${JSON.stringify(round.said)} but ${JSON.stringify(sent)}`,
    )
  }
}

function checkPairs(wire: StubWire, { ids, names, resultIds }: RawRound): void {
  const wanted = wire === 'google' ? names : ids
  if (!isDeepStrictEqual(wanted, resultIds)) {
    throw new StubRefusal(`Calls ${wanted} and results ${resultIds} are not the same`)
  }
  if (new Set(ids).size !== ids.length) throw new StubRefusal(`Ids come twice: ${ids}`)
}

/** What the model said in a reply, in the form in which it comes back; undefined without calls. */
function saidIn(wire: StubWire, reply: any): unknown {
  const whole = {
    'openai-chat': reply?.choices?.[0]?.message,
    'openai-responses': reply?.output,
    'openai-completion': undefined,
    anthropic: reply?.content,
    google: reply?.candidates?.[0]?.content,
  }[wire]
  return callsIn(wire, whole).length > 0 ? whole : undefined
}

function callsIn(wire: StubWire, said: any): any[] {
  const list = (value: unknown): any[] => (Array.isArray(value) ? value : [])
  switch (wire) {
    case 'openai-chat':
      return list(said?.tool_calls)
    case 'openai-responses':
      return list(said).filter(part => part?.type === 'function_call')
    case 'anthropic':
      return list(said).filter(part => part?.type === 'tool_use')
    case 'google':
      return list(said?.parts).filter(part => part?.functionCall !== undefined)
    case 'openai-completion':
      return []
  }
}

/** By what a reply is known again: the id of its first call, or Google's signature. */
function keyOf(wire: StubWire, said: unknown): string | undefined {
  const [call] = callsIn(wire, said)
  return wire === 'google' ? call?.thoughtSignature : (call?.call_id ?? call?.id)
}

/**
 * What comes back of what was said. A chat server takes a message without its nulls and empty
 * lists, and something else for arguments that are broken. The Responses API takes calls without
 * their reasoning and ids, if the reasoning came without encryption, and no nulls. Anthropic takes
 * back no blank texts.
 */
function comparable(wire: StubWire, back: any, sent: any): unknown {
  if (wire === 'anthropic') return back.filter((block: any) => !isBlank(block))
  if (wire === 'openai-responses') {
    return back.flatMap(({ id, ...rest }: any) => {
      if (isLost(rest)) return []
      const members = Object.entries(rest).filter(([, value]) => value !== null)
      return { ...Object.fromEntries(members), id: sent.some(isLost) ? undefined : id }
    })
  }
  if (wire !== 'openai-chat') return back
  const { tool_calls, ...message } = back
  const isFilled = (value: any): boolean => value !== null && value?.length !== 0
  return {
    ...Object.fromEntries(Object.entries(message).filter(([, value]) => isFilled(value))),
    calls: tool_calls.map((call: any, index: number) => {
      const asSent = sent.tool_calls[index]?.function.arguments
      const given = isObject(asSent) ? call.function.arguments : asSent
      return { ...call, function: { ...call.function, arguments: given } }
    }),
  }
}

function isBlank({ type, text }: any): boolean {
  return type === 'text' && text.trim() === ''
}

/** Whether the Responses API, which stores nothing, cannot know an item again. */
function isLost({ type, encrypted_content }: any): boolean {
  return type === 'reasoning' && typeof encrypted_content !== 'string'
}

function isObject(text: unknown): boolean {
  const value = typeof text === 'string' ? parsed(text) : text
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function rawRounds(wire: StubWire, body: any): readonly RawRound[] {
  switch (wire) {
    case 'openai-chat':
      return messageRounds(body.messages)
    case 'openai-responses':
      return itemRounds(Array.isArray(body.input) ? body.input : [])
    case 'anthropic':
      return blockRounds(body.messages)
    case 'google':
      return contentRounds(body.contents)
    case 'openai-completion':
      return []
  }
}

function messageRounds(messages: any[]): RawRound[] {
  const rounds: RawRound[] = []
  for (let at = 0; at < messages.length; at += 1) {
    const said = messages[at]
    if (said.role === 'tool') throw new StubRefusal("role 'tool' must follow 'tool_calls'")
    const calls = callsIn('openai-chat', said)
    if (calls.length === 0) continue
    for (const { function: called } of calls) {
      if (!isObject(called.arguments)) throw new StubRefusal(`not JSON: ${called.arguments}`)
    }
    const end = messages.findIndex(({ role }, index) => index > at && role !== 'tool')
    const results = messages.slice(at + 1, end < 0 ? undefined : end)
    rounds.push({
      said,
      ids: calls.map(({ id }) => id),
      names: calls.map(({ function: called }) => called.name),
      resultIds: results.map(({ tool_call_id }) => tool_call_id),
      results: results.map(({ content }) => content),
    })
    at += results.length
  }
  return rounds
}

/** A round is what the model said, from its first item to its last call, and then the results. */
function itemRounds(items: any[]): RawRound[] {
  const rounds: RawRound[] = []
  const isResult = ({ type }: any): boolean => type === 'function_call_output'
  const isSaid = ({ type, role }: any): boolean =>
    type === 'reasoning' || type === 'function_call' || (type === 'message' && role === 'assistant')
  for (let at = 0; at < items.length; ) {
    const rest = items.slice(at)
    const saidLength = lengthWhile(rest, isSaid)
    const said = rest.slice(0, saidLength)
    const results = rest.slice(
      saidLength,
      saidLength + lengthWhile(rest.slice(saidLength), isResult),
    )
    const calls = callsIn('openai-responses', said)
    if (calls.length > 0 || results.length > 0) {
      if (said.some(isLost)) {
        throw new StubRefusal('Items are not persisted when `store` is set to false')
      }
      rounds.push({
        said,
        ids: calls.map(({ call_id }) => call_id),
        names: calls.map(({ name }) => name),
        resultIds: results.map(({ call_id }) => call_id),
        results: results.map(({ output }) => output),
      })
    }
    at += Math.max(1, saidLength + results.length)
  }
  return rounds
}

function blockRounds(messages: any[]): RawRound[] {
  const blocksOf = (message: any): any[] => (Array.isArray(message?.content) ? message.content : [])
  return messages.flatMap((message, at) => {
    const calls = callsIn('anthropic', message.content)
    if (message.role !== 'assistant' || calls.length === 0) {
      const isStray = blocksOf(message).some(({ type }) => type === 'tool_result')
      const before = callsIn('anthropic', messages[at - 1]?.content)
      if (isStray && before.length === 0) throw new StubRefusal('`tool_result` without `tool_use`')
      return []
    }
    if (message.content.some(isBlank))
      throw new StubRefusal('text must contain non-whitespace text')
    const next = messages[at + 1]
    if (next?.role !== 'user') throw new StubRefusal('`tool_use` without `tool_result`')
    // The results are the first blocks of the message.
    const results = blocksOf(next).slice(
      0,
      lengthWhile(blocksOf(next), ({ type }) => type === 'tool_result'),
    )
    return {
      said: message.content,
      ids: calls.map(({ id }) => id),
      names: calls.map(({ name }) => name),
      resultIds: results.map(({ tool_use_id }) => tool_use_id),
      results: results.map(({ content }) => content),
    }
  })
}

function contentRounds(contents: any[]): RawRound[] {
  const responsesIn = (content: any): any[] =>
    (content?.parts ?? []).flatMap(({ functionResponse }: any) => functionResponse ?? [])
  return contents.flatMap((content, at) => {
    const calls = callsIn('google', content).map(({ functionCall }) => functionCall)
    if (calls.length === 0) {
      const isStray = responsesIn(content).length > 0
      if (isStray && callsIn('google', contents[at - 1]).length === 0) {
        throw new StubRefusal('a function response must come after a function call')
      }
      return []
    }
    if (content.role !== 'model') throw new StubRefusal('calls are of the role model')
    const responses = responsesIn(contents[at + 1])
    const ids = calls.flatMap(({ id }) => id ?? [])
    if (
      !isDeepStrictEqual(
        ids,
        responses.flatMap(({ id }) => id ?? []),
      )
    ) {
      throw new StubRefusal('the ids of calls and responses are not the same')
    }
    return {
      said: content,
      ids,
      names: calls.map(({ name }) => name),
      resultIds: responses.map(({ name }) => name),
      results: responses.map(({ response }) => response.result ?? response.error),
    }
  })
}

function lengthWhile(list: readonly any[], isOne: (value: any) => boolean): number {
  const end = list.findIndex(value => !isOne(value))
  return end < 0 ? list.length : end
}
