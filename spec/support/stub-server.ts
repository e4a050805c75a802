import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault } from './stub-faults.js'
import {
  createRoundCheck,
  offeredTools,
  StubRefusal,
  type StubRound,
  scriptedCalls,
} from './stub-tools.js'
import {
  readQuestion,
  type StubAnswer,
  type StubQuestion,
  type StubWire,
  wireOfPath,
  writeAnswer,
} from './stub-wires.js'

export { type Fault, faults } from './stub-faults.js'
export type { StubAnswer, StubQuestion } from './stub-wires.js'

/** A question, with the tools that may be called, and the rounds of calls that came after it. */
export interface StubTurn extends StubQuestion {
  readonly tools: readonly string[]
  readonly rounds: readonly StubRound[]
}

export interface StubServerOptions {
  /**
   * Default, also for undefined: `Answer to: <the prompt>`. If tools are offered, the calls that the prompt says (see
   * `scriptedCalls`), and after them `Results: <the results>`.
   */
  readonly answer?: (text: string, turn: StubTurn) => string | StubAnswer | undefined
  readonly latencyMs?: number | ((text: string) => number)
  /** What goes wrong, if anything; `requestNumber` counts from 1 over all requests. */
  readonly fault?: (requestNumber: number, text: string) => Fault | undefined
  /** Headers of every good reply, or of the good reply to a request. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | ((requestNumber: number) => Readonly<Record<string, string>>)
  /** Port to listen on; any free one when absent. */
  readonly port?: number
  /** Whether requests are kept in `requests`; they cost memory. */
  readonly isRecording?: boolean
}

export interface StubRequest extends StubTurn {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: any
  readonly bodyText: string
}

/** A model server on this machine that speaks the wires of all providers. */
export interface StubServer {
  /** Base URL with the version: `http://127.0.0.1:PORT/v1`. */
  readonly url: string
  /** `<PROVIDER>_BASE_URL` for every provider, pointing here. */
  readonly environment: Readonly<Record<string, string>>
  /** How often each prompt was asked, also where the reply was a fault. */
  readonly calls: ReadonlyMap<string, number>
  readonly requests: readonly StubRequest[]
  readonly requestCount: () => number
  readonly inFlight: () => number
  readonly peakInFlight: () => number
  /** Connections made since the start. */
  readonly connectionCount: () => number
  /** Open connections. */
  readonly connections: () => Promise<number>
  /** From now on requests wait, until `release`. */
  readonly hold: () => void
  /** Answers the `count` oldest that wait; without a count all, and holds no more. */
  readonly release: (count?: number) => void
  /** Resolves once `count` requests have come since the start. */
  readonly arrived: (count: number) => Promise<void>
  /** Resolves once no request is in flight. */
  readonly idle: () => Promise<void>
  readonly close: () => Promise<void>
}

const providers = [
  'OPENAI ANTHROPIC GOOGLE GEMINI OPENROUTER GROQ MISTRAL TOGETHER DEEPSEEK XAI FIREWORKS CEREBRAS',
  'OLLAMA LMSTUDIO LLAMACPP',
].flatMap(names => names.split(' '))

export async function startStubServer(options: StubServerOptions = {}): Promise<StubServer> {
  const calls = new Map<string, number>()
  const requests: StubRequest[] = []
  const waiting: Array<() => void> = []
  const roundCheck = createRoundCheck()
  const watchers = new Set<() => void>()
  let isHolding = false
  let requestCount = 0
  let inFlight = 0
  let peakInFlight = 0
  let connectionCount = 0

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => receive(request, response, Buffer.concat(chunks).toString()))
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', () => {
    connectionCount += 1
  })
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', 4096, resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`

  function receive(request: IncomingMessage, response: ServerResponse, text: string): void {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const wire = wireOfPath(path)
    if (path === '/__calls') tell(response)
    else if (path.endsWith('/models')) send(response, 200, { data: [{ id: 'llama3.2' }] })
    else if (wire === undefined) send(response, 404, { error: { message: `No ${path} here` } })
    else ask(wire, path, request, response, text)
  }

  function ask(
    wire: StubWire,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    bodyText: string,
  ): void {
    const body: unknown = JSON.parse(bodyText)
    const question = readQuestion(wire, path, body)
    requestCount += 1
    inFlight += 1
    peakInFlight = Math.max(peakInFlight, inFlight)
    calls.set(question.text, (calls.get(question.text) ?? 0) + 1)
    const { refusal, ...turn } = turnOf(question, body)
    if (options.isRecording)
      requests.push({ ...turn, path, headers: request.headers, body, bodyText })
    const fault: Fault | undefined =
      refusal === undefined
        ? options.fault?.(requestCount, question.text)
        : { kind: 'reply', status: 400, body: refusal.body(wire) }
    const id = requestCount
    response.once('close', () => {
      inFlight -= 1
      for (const watch of watchers) watch()
    })
    for (const watch of watchers) watch()
    const act = (): void => (fault === undefined ? answer() : spoil(fault))
    if (isHolding) waiting.push(act)
    else delay(question.text, act)

    function answer(changes: Partial<StubAnswer> = {}): void {
      if (response.destroyed) return
      const given = options.answer?.(question.text, turn) ?? plainAnswer(turn)
      const whole = typeof given === 'string' ? { text: given } : given
      const { headers } = options
      const sent = typeof headers === 'function' ? headers(id) : headers
      const reply = writeAnswer(question, { ...whole, ...changes }, id)
      roundCheck.remember(wire, reply)
      send(response, 200, reply, sent)
    }

    function spoil(fault: Fault): void {
      const good = JSON.stringify(
        writeAnswer(question, { text: `Answer to: ${question.text}` }, id),
      )
      switch (fault.kind) {
        case 'reply':
          roundCheck.remember(wire, fault.body)
          send(response, fault.status, fault.body, fault.headers)
          return
        case 'answer':
          answer(fault)
          return
        case 'truncated-json':
          send(response, 200, good.slice(0, good.length / 2))
          return
        case 'reset':
          if (fault.when === 'before-headers') request.socket.resetAndDestroy()
          else begin(good, () => request.socket.resetAndDestroy())
          return
        case 'hang':
          if (fault.when === 'mid-body') begin(good, () => {})
          return
      }
    }

    function begin(good: string, then: () => void): void {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': good.length })
      response.write(good.slice(0, good.length / 2), () => setImmediate(then))
    }
  }

  /** Rounds are read only in requests that offer tools: other requests may hold anything. */
  function turnOf(
    question: StubQuestion,
    body: unknown,
  ): StubTurn & { readonly refusal?: StubRefusal } {
    try {
      const tools = offeredTools(question.wire, body)
      const rounds = tools.length === 0 ? [] : roundCheck.rounds(question.wire, body)
      return { ...question, tools, rounds }
    } catch (error) {
      if (!(error instanceof StubRefusal)) throw error
      return { ...question, tools: [], rounds: [], refusal: error }
    }
  }

  function tell(response: ServerResponse): void {
    send(response, 200, { requestCount, peakInFlight, calls: Object.fromEntries(calls) })
  }

  function delay(text: string, act: () => void): void {
    const { latencyMs = 0 } = options
    const ms = typeof latencyMs === 'number' ? latencyMs : latencyMs(text)
    if (ms > 0) setTimeout(act, ms)
    else act()
  }

  function until(isTrue: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const watch = (): void => {
        if (!isTrue()) return
        watchers.delete(watch)
        resolve()
      }
      watchers.add(watch)
      watch()
    })
  }

  return {
    url,
    environment: Object.fromEntries(providers.map(name => [`${name}_BASE_URL`, url])),
    calls,
    requests,
    requestCount: () => requestCount,
    inFlight: () => inFlight,
    peakInFlight: () => peakInFlight,
    connectionCount: () => connectionCount,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
      }),
    hold() {
      isHolding = true
    },
    release(count) {
      if (count === undefined) isHolding = false
      for (const act of waiting.splice(0, count ?? waiting.length)) act()
    },
    arrived: count => until(() => requestCount >= count),
    idle: () => until(() => inFlight === 0),
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

function plainAnswer({ text, tools, rounds }: StubTurn): StubAnswer {
  const calls = tools.length === 0 ? undefined : scriptedCalls(text, rounds.length)
  if (calls !== undefined) return { text: '', calls }
  if (rounds.length === 0) return { text: `Answer to: ${text}` }
  return { text: `Results: ${rounds.flatMap(({ results }) => results).join(', ')}` }
}

function send(
  response: ServerResponse,
  status: number,
  body: string | object | unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return
  const text = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': text.length,
    ...headers,
  })
  response.end(text)
}
