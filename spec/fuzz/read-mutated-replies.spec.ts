import fc from 'fast-check'
import { resolveModel } from '../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../lib/model/open-model.js'
import type { ModelClient } from '../../lib/port/model-client.js'
import { fakeClock } from '../support/fake-clock.js'
import { makePrompt } from '../support/make-prompt.js'
import { type Fault, faults, type StubServer, startStubServer } from '../support/stub-server.js'
import { type StubWire, writeAnswer } from '../support/stub-wires.js'
import { expectClear, holdForAll, seed } from './hold-for-all.js'
import { mutatedJson } from './mutate-json.js'
import { mutated, mutatedText } from './mutations.js'

const models: Readonly<Record<string, StubWire>> = {
  'gpt-4o-mini': 'openai-chat',
  'gpt-5': 'openai-responses',
  'gpt-3.5-turbo-instruct': 'openai-completion',
  'claude-haiku': 'anthropic',
  'gemini-2.5-flash': 'google',
  'openrouter/a/b': 'openai-chat',
  'mistral/a': 'openai-chat',
}

const answers = [
  { text: 'An answer, é 😀\n"quoted"' },
  { text: '', reasoning: 'Let me think.' },
  { text: 'I cannot.', finishReason: 'refusal' },
  { text: 'cut', finishReason: 'length' },
] as const
const repliesOf = (wire: StubWire): string[] =>
  answers.map(answer =>
    JSON.stringify(writeAnswer({ wire, model: 'm', text: 'Hi', system: undefined }, answer, 1)),
  )

/** What servers say when they refuse, with their headers. */
const refusals = Object.values(faults)
  .map(fault => (typeof fault === 'function' ? fault('7' as never) : (fault as Fault)))
  .flatMap(fault => (fault.kind === 'reply' ? [fault] : []))
const bodyOf = ({ body }: { readonly body: string | object }): string =>
  typeof body === 'string' ? body : JSON.stringify(body)

/** Some with members changed, some with bytes changed. */
function bodiesLike(bodies: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 2, arbitrary: mutatedJson(bodies.filter(isJson)) },
    mutated(bodies).map(bytes => bytes.toString('latin1')),
  )
}

/** A header can hold what a header can hold: what is sent arrives. */
const headerText = mutatedText([
  '7',
  '0.5',
  '6m0s',
  '2026-11-23T12:00:30Z',
  'Wed, 21 Oct 2026 07:28:00 GMT',
]).map(text =>
  text
    .replace(/[^\t\x20-\x7e]/g, '')
    .trim()
    .slice(0, 2000),
)
const headers = fc
  .tuple(
    fc.constantFrom(...refusals),
    fc.dictionary(
      fc.constantFrom('retry-after', 'retry-after-ms', 'x-should-retry', 'content-type'),
      headerText,
    ),
  )
  .chain(([{ headers: said = {} }, others]) => {
    const names = Object.keys(said)
    return fc.array(headerText, { minLength: names.length, maxLength: names.length }).chain(texts =>
      fc.boolean().map(isOdd => ({
        ...Object.fromEntries(
          names.map((name, at) => [name, (isOdd ? texts[at] : said[name]) ?? '']),
        ),
        ...others,
      })),
    )
  })

describe(`a mutated reply (seed ${seed})`, () => {
  let server: StubServer
  let fault: Fault
  beforeAll(async () => {
    server = await startStubServer({ fault: () => fault })
  })
  afterAll(() => server.close())

  const open = (name: string): Promise<ModelClient> =>
    openModel({
      reference: resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] }),
      key: 'sk-fuzz-0123456789',
      environment: server.environment,
      clock: fakeClock(),
      connections: 2,
    })

  it.each(Object.entries(models))(
    'is an answer or a clear error: %s',
    async (name, wire) => {
      const client = await open(name)
      const good = fc.record({
        status: fc.constant(200),
        body: bodiesLike(repliesOf(wire)),
      })
      const bad = fc.record({
        status: fc.constantFrom(
          ...[200, 204, 400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 529],
        ),
        body: bodiesLike(refusals.map(bodyOf)),
      })
      const reply = fc
        .tuple(headers, fc.oneof(good, bad))
        .map(([headers, said]) => ({ kind: 'reply' as const, headers, ...said }))
      try {
        await holdForAll(reply, 40, async given => {
          fault = given
          const answer = await client
            .ask(makePrompt('Hi'), new AbortController().signal)
            .catch(error => {
              expectClear(error)
              expect(error.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0)
              expect(error.retryAfterMs ?? 0).toBeLessThan(1e11)
              expect(Number.isNaN(error.retryAfterMs)).toBe(false)
              return undefined
            })
          if (answer === undefined) return
          expect(given.status).toBeLessThan(300)
          expect(typeof answer.text).toBe('string')
          expect(JSON.stringify(answer)).not.toContain('"inputTokens":null')
        })
      } finally {
        await client.close()
      }
    },
    3_600_000,
  )
})

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
