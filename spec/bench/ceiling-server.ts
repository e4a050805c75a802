/**
 * A model server that serves so many calls at once and no more, in a process of its own.
 *
 *     node ceiling-server.js '{"ceiling":40,"above":"refuses","meanMs":300,"sigma":0.3}'
 *
 * Prints its base URL. `GET /__seen` tells calls, refusals, and the milliseconds from the first call
 * until nine tenths of the ceiling were in use.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CeilingServerOptions {
  readonly ceiling: number
  /** What happens to calls above the ceiling; `refuses-with-header` sends `retry-after: 1`. */
  readonly above: 'refuses' | 'refuses-with-header' | 'queues'
  readonly meanMs: number
  /** Sigma of the lognormal durations. */
  readonly sigma: number
}

export interface SeenByServer {
  readonly calls: number
  readonly refused: number
  readonly foundMs: number
}

const options = JSON.parse(process.argv[2] ?? '{}') as CeilingServerOptions
const { ceiling, above, meanMs, sigma } = options
const waiting: ServerResponse[] = []
const seen = { calls: 0, refused: 0, foundMs: Number.NaN }
let firstMs: number | undefined
let served = 0

const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 1, total_tokens: 21 },
})
const refusal = JSON.stringify({ error: { message: 'Too many requests', code: 'too_many' } })

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    if (request.url === '/__seen') send(response, 200, JSON.stringify(seen))
    else take(response)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', 4096, () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`)
})

function take(response: ServerResponse): void {
  firstMs ??= performance.now()
  seen.calls += 1
  if (served < ceiling) serve(response)
  else if (above === 'queues') waiting.push(response)
  else {
    seen.refused += 1
    send(response, 429, refusal, above === 'refuses' ? {} : { 'retry-after': '1' })
  }
}

function serve(response: ServerResponse): void {
  served += 1
  if (served >= 0.9 * ceiling && Number.isNaN(seen.foundMs)) {
    seen.foundMs = performance.now() - (firstMs ?? 0)
  }
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(6.283 * Math.random())
  const ms = meanMs * Math.exp(sigma * normal - sigma ** 2 / 2)
  setTimeout(() => {
    served -= 1
    const next = waiting.shift()
    if (next !== undefined) serve(next)
    send(response, 200, answer)
  }, ms)
}

function send(response: ServerResponse, status: number, body: string, headers = {}): void {
  const length = Buffer.byteLength(body)
  const common = { 'content-type': 'application/json', 'content-length': length }
  response.writeHead(status, { ...common, ...headers }).end(body)
}
