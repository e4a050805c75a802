import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { type Fault, faults } from '../support/stub-server.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const template = 'Classify: {review}'
/** Time passes a hundred times as fast, and a busy machine is slow. */
const patienceMs = 20_000_000
/** For servers that hang: 0.3 s. */
const shortMs = 30_000
const reasoningLogged = "SELECT text AS said FROM parts WHERE type = 'reasoning' ORDER BY text"

/** Every fault that a further attempt gets past. */
const passing: Readonly<Record<string, Fault>> = {
  'a 429 with retry-after in seconds': faults.retryAfter(1),
  'a 429 with retry-after as a fraction': faults.retryAfter('0.5'),
  'a 429 with retry-after as a date': faults.retryAfter(new Date(Date.now() + 5_000).toUTCString()),
  'a 429 with retry-after-ms': faults.retryAfterMs(300),
  'a 429 that says so in words': faults.tryAgainIn('120ms'),
  'a 429 with a bucket at zero, OpenAI': faults.openaiBucketAtZero,
  'a 429 with a bucket at zero, Groq': faults.groqLimited,
  'a 429 with a bucket at zero, Cerebras': faults.cerebrasLimited,
  'a 429 with a bucket at zero, Together': faults.togetherLimited,
  'a 429 without a word': faults.limited(),
  'a 408': faults.status(408),
  'a 409': faults.status(409),
  'a 500': faults.status(500),
  'a 502': faults.status(502),
  'a 503 with retry-after': faults.status(503, { 'retry-after': '1' }),
  'a 529': faults.anthropicOverloaded,
  'a connection reset before the headers': faults.resetBeforeHeaders,
  'a connection reset in the body': faults.resetMidBody,
  'a hang beyond the timeout': faults.hang,
  'a hang in the body': faults.hangMidBody,
  'a body that is cut': faults.truncatedJson,
  'HTML with 200': faults.html,
  'an empty body with 200': faults.emptyBody,
  'no JSON with 200': faults.invalidJson,
}

/** Every fault that is the row's own, and the code it ends with. */
const ofTheRow: readonly [what: string, fault: Fault, code: string][] = [
  ['a 400', faults.badRequest(), 'REQUEST_REJECTED'],
  ['a 413', faults.status(413), 'REQUEST_REJECTED'],
  ['a 422', faults.status(422), 'REQUEST_REJECTED'],
  ['an answer cut by length', faults.cutByLength, 'ANSWER_TRUNCATED'],
  ['an empty answer', faults.empty, 'ANSWER_EMPTY'],
  ['a filtered answer', faults.contentFilter, 'ANSWER_FILTERED'],
  ['a prompt that the filter refused', faults.openaiContentFilter, 'ANSWER_FILTERED'],
  ['a refusal', faults.refusal, 'ANSWER_FILTERED'],
]

/** Every fault that ends the run, and the code it ends with. */
const ofTheRun: readonly [what: string, fault: Fault, code: string][] = [
  ['a 401', faults.keyRefused(), 'KEY_INVALID'],
  ['a 403', faults.forbidden, 'ACCESS_REFUSED'],
  ['a 403 of a gateway', faults.gatewayForbidden, 'ACCESS_REFUSED'],
  ['a 403 for the key', faults.googleKeyLeaked, 'KEY_INVALID'],
  ['an unknown model', faults.unknownModel, 'MODEL_UNKNOWN'],
  ['a used-up quota', faults.insufficientQuota, 'QUOTA_EXHAUSTED'],
  ['a 402', faults.outOfCredits, 'QUOTA_EXHAUSTED'],
]

describe('a server in trouble', () => {
  const bench = useBatch()

  const batchOf = async (rows: number, changes: object = {}) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(rows))
    const output = bench.workdir.join('out.csv')
    const patient = { timeoutMs: patienceMs, deadlineMs: patienceMs }
    return bench.run({ input, output, template, concurrency: 20, ...patient, ...changes })
  }
  const whole = (rows: number) =>
    `id,review,response\n${Array.from(
      { length: rows },
      (_, index) => `${index},review number ${index},Answer to: Classify: review number ${index}\n`,
    ).join('')}`

  it('gets past every fault that passes, all in one batch', async () => {
    const kinds = Object.keys(passing)
    const spoilt = new Set<string>()
    bench.script.fault = (_number, text) => {
      const kind = kinds[Number(text.split(' ').at(-1))]
      if (kind === undefined || spoilt.has(kind)) return undefined
      spoilt.add(kind)
      return passing[kind]
    }
    // The last ten rows meet no fault.
    const rows = kinds.length + 10

    const summary = await batchOf(rows, { failFast: false, timeoutMs: shortMs })

    expect([...spoilt].sort()).toEqual(kinds.sort())
    expect(summary).toMatchObject({ status: 'completed', tally: { answered: rows, failed: 0 } })
    expect(await bench.workdir.read('out.csv')).toBe(whole(rows))
  })

  it('fails each row at its own fault, and goes on', async () => {
    // Every other row is answered.
    const faultOf = (text: string) => {
      const row = Number(text.split(' ').at(-1))
      return row % 2 === 1 ? ofTheRow[(row - 1) / 2] : undefined
    }
    bench.script.fault = (_number, text) => faultOf(text)?.[1]
    const rows = 2 * ofTheRow.length
    const output = bench.workdir.join('out.jsonl')

    const summary = await batchOf(rows, { failFast: false, output })

    const lines = (await bench.workdir.read('out.jsonl')).trimEnd().split('\n')
    const ends = lines.map(line => JSON.parse(line).error?.code)
    expect(ends).toEqual(ofTheRow.flatMap(([, , code]) => [undefined, code]))
    expect(summary).toMatchObject({
      status: 'failed',
      stopReason: undefined,
      tally: { answered: ofTheRow.length, failed: ofTheRow.length },
    })
    expect([...bench.server.calls.values()]).toEqual(Array(rows).fill(1))
  })

  it.each(ofTheRun)('stops the run at %s, with the reason', async (_, fault, code) => {
    bench.script.fault = () => fault

    const summary = await batchOf(500, { concurrency: 1 })

    expect(summary).toMatchObject({ status: 'failed', stopReason: { code } })
    expect(bench.server.requestCount()).toBe(1)
    const { answered, failed, skipped } = summary.tally
    expect(answered + failed + skipped).toBe(summary.rowsRead)
  })

  it.each<[string, Fault, string]>([
    ['a 403 of a firewall', faults.gatewayForbidden, 'ACCESS_REFUSED'],
    ['a 404', faults.status(404), 'REQUEST_REJECTED'],
    ['a 405', faults.status(405), 'REQUEST_REJECTED'],
    ['a 402 without a word', faults.status(402), 'QUOTA_EXHAUSTED'],
    ['a 301', faults.status(301, { location: 'https://elsewhere.test' }), 'REQUEST_REJECTED'],
    ['a 307', faults.status(307), 'REQUEST_REJECTED'],
    ['an unknown model', faults.unknownModel, 'MODEL_UNKNOWN'],
  ])(
    'fails one row at %s once another is answered, now and when resumed',
    async (_, fault, code) => {
      bench.script.fault = (_number, text) => (text.endsWith('number 3') ? fault : undefined)
      const failing = {
        status: 'failed',
        stopReason: undefined,
        tally: { answered: 9, failed: 1, errors: [{ code, count: 1, firstRowIndex: 3 }] },
      }

      expect(await batchOf(10, { concurrency: 1 })).toMatchObject(failing)
      const before = bench.server.requestCount()
      const again = await bench.run({ input: bench.workdir.join('in.csv'), resume: true })

      expect(again).toMatchObject(failing)
      expect(bench.server.requestCount()).toBe(before + 1)
    },
  )

  it('stops the run when the last five rows were all refused so, and goes on when resumed', async () => {
    const refused = new Set(
      ['3', '4', '5', '6', '7', '8'].map(id => `Classify: review number ${id}`),
    )
    bench.script.fault = (_number, text) =>
      refused.has(text) ? faults.gatewayForbidden : undefined

    expect(await batchOf(10, { concurrency: 1 })).toMatchObject({
      stopReason: { code: 'ROWS_FAILING_ALIKE' },
      tally: { answered: 3, failed: 5, skipped: 2 },
    })
    bench.script = {}

    expect(await bench.run({ input: bench.workdir.join('in.csv'), resume: true })).toMatchObject({
      status: 'completed',
      tally: { answered: 10, recalled: 3 },
    })
  })

  it('takes the thinking out of answers, and keeps it in the log', async () => {
    bench.script.answer = text => `<think>About ${text.at(-1)}</think>\nFine`
    const { tally } = await batchOf(2, { stripThinking: true })

    expect(tally.answered).toBe(2)
    expect(await bench.workdir.read('out.csv')).toBe(
      'id,review,response\n0,review number 0,Fine\n1,review number 1,Fine\n',
    )
    const parts = await queryDatabase(bench.workdir.join('llm-user/logs.db'), reasoningLogged)
    expect(parts).toEqual([{ said: 'About 0' }, { said: 'About 1' }])
  })

  it('counts answers that ended for a reason that is not known', async () => {
    bench.script.answer = text => ({ text, finishReason: text.endsWith('3') ? 'tired' : 'stop' })

    const { tally } = await batchOf(5)

    expect(tally).toMatchObject({ answered: 5, unknownEndings: 1 })
  })

  it('gives a row up when it is refused every time, and says after how many calls', async () => {
    bench.script.fault = (_number, text) => (text.endsWith(' 3') ? faults.status(500) : undefined)

    const summary = await batchOf(10, { retries: 2 })

    expect(summary.tally).toMatchObject({ answered: 9, failed: 1 })
    expect(bench.server.calls.get('Classify: review number 3')).toBe(3)
  })

  it('conserves rows with all faults mixed, 5 % each', async () => {
    const mixed = [
      faults.retryAfterMs(300),
      faults.limited(),
      faults.status(500),
      faults.status(503, { 'retry-after': '1' }),
      faults.anthropicOverloaded,
      faults.resetBeforeHeaders,
      faults.resetMidBody,
      faults.hang,
      faults.truncatedJson,
      faults.html,
      faults.cutByLength,
      faults.badRequest(),
    ]
    // Each on its own twentieth of the prompts, at their first attempt.
    const share = 20
    const seen = new Set<string>()
    bench.script.fault = (_number, text) => {
      const row = Number(text.split(' ').at(-1))
      if (seen.has(text)) return undefined
      seen.add(text)
      return mixed[row % share]
    }
    const rows = scale > 1 ? 2_000 * scale : 400

    const summary = await batchOf(rows, { concurrency: 50, failFast: false, timeoutMs: 15_000 })

    expect(summary.rowsRead).toBe(rows)
    expect(summary.tally.answered + summary.tally.failed).toBe(rows)
    const lines = (await bench.workdir.read('out.csv')).trimEnd().split('\n').slice(1)
    expect(lines.map(line => Number(line.split(',')[0]))).toEqual(
      Array.from({ length: rows }, (_, index) => index),
    )
    const answered = lines.filter(line => !line.endsWith(','))
    expect(answered).toHaveLength(summary.tally.answered)
  })

  // Each alone, for a whole batch.
  if (scale > 1) {
    it.each(Object.entries(passing))('gets past %s', async (_, fault) => {
      const spoilt = new Set<string>()
      bench.script.fault = (_number, text) => {
        if (!text.endsWith('7') || spoilt.has(text)) return undefined
        spoilt.add(text)
        return fault
      }

      const summary = await batchOf(20, { timeoutMs: shortMs })

      expect(summary).toMatchObject({
        status: 'completed',
        rowsRead: 20,
        tally: { answered: 20, failed: 0 },
      })
      expect(spoilt.size).toBe(2)
      expect(await bench.workdir.read('out.csv')).toBe(whole(20))
    })

    it.each(ofTheRow)('fails the row at %s, and goes on', async (_, fault, code) => {
      bench.script.fault = (_number, text) => (text.endsWith('number 3') ? fault : undefined)

      const summary = await batchOf(10)

      expect(summary).toMatchObject({
        status: 'failed',
        stopReason: undefined,
        tally: { answered: 9, failed: 1, errors: [{ code, count: 1, firstRowIndex: 3 }] },
      })
      const lines = (await bench.workdir.read('out.csv')).split('\n')
      expect(lines[4]).toBe('3,review number 3,')
      expect(bench.server.calls.get('Classify: review number 3')).toBe(1)
    })
  }
})
