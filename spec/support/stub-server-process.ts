/**
 * The stub server in a process of its own, for benches and crash specs.
 *
 *     node stub-server-process.js [--port 0] [--latency 100] [--answer-bytes 2000] [--mix 5]
 *
 * Prints its base URL and serves until it is killed. `--mix 5` spoils 5 % of first attempts with
 * each of the faults that a second attempt gets past. `GET /__calls` on its origin tells how often
 * each prompt was asked.
 */
import { parseArgs } from 'node:util'
import { type Fault, faults, startStubServer } from './stub-server.js'

const passing: readonly Fault[] = [
  faults.retryAfterMs(20),
  faults.status(500),
  faults.anthropicOverloaded,
  faults.resetBeforeHeaders,
  faults.resetMidBody,
  faults.truncatedJson,
  faults.html,
]

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    latency: { type: 'string', default: '0' },
    'answer-bytes': { type: 'string', default: '0' },
    mix: { type: 'string', default: '0' },
  },
})
const asked = new Set<string>()
const percent = Number(values.mix)
const answerBytes = Number(values['answer-bytes'])

/** The same prompts are spoilt in the same way in each run: a prompt's characters decide. */
function mixedFault(_requestNumber: number, text: string): Fault | undefined {
  if (asked.has(text)) return undefined
  asked.add(text)
  let sum = 0
  for (let index = 0; index < text.length; index += 1) sum = (sum * 31 + text.charCodeAt(index)) | 0
  return passing[Math.floor(((sum >>> 0) % 100) / percent)]
}

const server = await startStubServer({
  port: Number(values.port),
  latencyMs: Number(values.latency),
  ...(answerBytes > 0 ? { answer: () => 'word '.repeat(answerBytes / 5) } : {}),
  ...(percent > 0 ? { fault: mixedFault } : {}),
})
console.log(server.url)
