import { inspect } from 'node:util'
import type { BatchError } from '../../lib/error/batch-error.js'
import type { BegunCall, ModelClient } from '../../lib/port/model-client.js'
import type { Answer } from '../../lib/row/answer.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { makePrompt } from '../support/make-prompt.js'
import { type Fault, faults, type StubServer, startStubServer } from '../support/stub-server.js'

export interface ModelClientContract {
  /** A client of the model under test, for a server at this base URL. */
  readonly open: (server: StubServer, key: string) => Promise<ModelClient>
  /** What the adapter's wire calls the faults that have a form of their own. */
  readonly keyRefused: Fault
  readonly unknownModel: Fault
  readonly overloaded: Fault
  /** Whether its wire has no place for a system prompt. */
  readonly isWithoutSystem?: boolean
  /** Whether it has `begin`. */
  readonly canBegin?: boolean
}

const key = 'sk-secret-0123456789abcdef'

/** What every model client that speaks to a server owes, whatever the wire. */
export function modelClientContract(name: string, contract: ModelClientContract): void {
  describe(`${name} as a model client`, () => {
    let server: StubServer
    let client: ModelClient
    let fault: Fault | undefined

    beforeAll(async () => {
      server = await startStubServer({ isRecording: true, fault: () => fault })
    })
    beforeEach(async () => {
      fault = undefined
      client = await contract.open(server, key)
    })
    afterEach(() => client.close())
    afterAll(() => server.close())

    const askWith = (prompt: Prompt, signal = new AbortController().signal) =>
      client.ask(prompt, signal)
    const ask = (text: string, signal?: AbortSignal) => askWith(makePrompt(text), signal)
    const failWith = async (what: Fault, text = 'Hello?'): Promise<BatchError> => {
      fault = what
      return ask(text).then(
        answer => Promise.reject(new Error(`answered ${answer.text}`)),
        (error: BatchError) => error,
      )
    }
    const lastRequest = () => server.requests.at(-1)

    it('gives the answer with its ending, its tokens and the whole reply', async () => {
      const answer = await ask('What is 2 + 2?')

      expect(answer.text).toBe('Answer to: What is 2 + 2?')
      expect(answer.finishReason).toBe('stop')
      expect(answer.usage).toMatchObject({ inputTokens: 11, outputTokens: 7 })
      expect(JSON.stringify(answer.reply)).toContain('Answer to: What is 2 + 2?')
    })

    it('asks with the user’s text after the fragments', async () => {
      const fragment = { hash: 'f', content: 'Known: the sky is blue.' }
      await askWith(makePrompt('Why?', { fragments: [fragment] }))

      expect(lastRequest()?.text).toBe('Known: the sky is blue.\nWhy?')
    })

    it('asks with the system prompt, or refuses it before anything is sent', async () => {
      const count = server.requestCount()
      const asked = askWith(makePrompt('Why?', { system: 'Be brief.' }))
      if (contract.isWithoutSystem) {
        const refusal = { code: 'MODEL_OPTION_INVALID', reach: 'run' }
        await expect(asked).rejects.toMatchObject(refusal)
        expect(server.requestCount()).toBe(count)
      } else {
        await asked
        expect(lastRequest()).toMatchObject({ text: 'Why?', system: 'Be brief.' })
      }
    })

    it('takes an empty system prompt for none', async () => {
      await askWith(makePrompt('Why?', { system: '' }))

      expect(lastRequest()).toMatchObject({ text: 'Why?', system: undefined })
    })

    it('passes text of every script and any control character on unchanged', async () => {
      const text = 'Ünïcødé 你好 🙂 "quotes" \\ back\nline\ttab \u2028 \u0007 </script>'

      expect((await ask(text)).text).toBe(`Answer to: ${text}`)
    })

    it('says who it is, and sends the key in one header and nowhere else', async () => {
      await ask('Hello')

      const { headers, body, path } = lastRequest() ?? {}
      const holding = Object.values(headers ?? {}).filter(value => String(value).includes(key))
      expect(headers?.['user-agent']).toMatch(/^llm-batch\/\d/)
      expect(holding).toHaveLength(1)
      expect(JSON.stringify(body) + path).not.toContain(key)
    })

    it.each([
      ['cut by its length', faults.cutByLength, 'length'],
      ['filtered', faults.contentFilter, 'content-filter'],
      ['refused', faults.refusal, 'content-filter'],
    ])('gives an answer that was %s as an answer with that ending', async (_what, what, ending) => {
      fault = what as Fault

      expect((await ask('Tell me')).finishReason).toBe(ending)
    })

    it('gives an empty answer as it is', async () => {
      fault = faults.empty

      expect(await ask('Tell me')).toMatchObject({ text: '', finishReason: 'stop' })
    })

    it('stops the run when the key is refused, and says how to set another', async () => {
      const error = await failWith(contract.keyRefused)

      expect(error).toMatchObject({ code: 'KEY_INVALID', reach: 'run' })
      expect(error.message).toContain('Invalid API key')
      expect(error.remedy).toContain('llm keys set ')
    })

    it('stops the run when the server does not know the model', async () => {
      const error = await failWith(contract.unknownModel)

      expect(error).toMatchObject({ code: 'MODEL_UNKNOWN', reach: 'run' })
      expect(error.message).toContain('Unknown model')
    })

    it.each<[string, Fault, object]>([
      ['retry-after: 7', faults.retryAfter(7), { retryAfterMs: 7_000 }],
      ['retry-after: 0.5', faults.retryAfter(0.5), { retryAfterMs: 500 }],
      ['retry-after-ms: 120', faults.retryAfterMs(120), { retryAfterMs: 120 }],
      ['"try again in 6m0s"', faults.tryAgainIn('6m0s'), { retryAfterMs: 360_000 }],
      ['"try again in 120ms"', faults.tryAgainIn('120ms'), { retryAfterMs: 120 }],
      ['Gemini’s RetryInfo', faults.geminiRetryInfo('45.837906927s'), { retryAfterMs: 45_838 }],
      ['nothing', faults.limited(), { retryAfterMs: undefined }],
    ])('takes a 429 with %s for a limit to wait for', async (_what, what, wait) => {
      const error = await failWith(what)

      expect(error).toMatchObject({ code: 'RATE_LIMITED', reach: 'attempt', ...wait })
    })

    it('does not try again where the server forbids it', async () => {
      expect(await failWith(faults.shouldNotRetry)).toMatchObject({
        code: 'RATE_LIMITED',
        reach: 'row',
      })
    })

    it.each<[string, Fault]>([
      ['insufficient_quota', faults.insufficientQuota],
      ['402', faults.outOfCredits],
      ['a daily quota of Gemini’s', faults.geminiPerDay],
      ['a credit balance too low', faults.anthropicCreditTooLow],
    ])('stops the run on %s', async (_what, what) => {
      expect(await failWith(what)).toMatchObject({ code: 'QUOTA_EXHAUSTED', reach: 'run' })
    })

    it.each([408, 409, 500, 502, 503, 504, 529])('tries again after a %d', async status => {
      const error = await failWith(faults.status(status, { 'retry-after': '3' }))

      expect(error.code).toMatch(/^SERVER_(FAILED|OVERLOADED)$/)
      expect(error).toMatchObject({ reach: 'attempt', retryAfterMs: 3_000 })
    })

    it('tells an overloaded server from a broken one', async () => {
      expect((await failWith(contract.overloaded)).code).toBe('SERVER_OVERLOADED')
      expect((await failWith(faults.status(500))).code).toBe('SERVER_FAILED')
    })

    it.each([400, 413, 422])('fails the row on a %d, with the server’s words', async status => {
      const error = await failWith(faults.status(status))

      expect(error).toMatchObject({ code: 'REQUEST_REJECTED', reach: 'row' })
      expect(error.message).toContain(`The server said ${status}.`)
    })

    it('fails the row whose prompt the server’s filter refuses', async () => {
      expect(await failWith(faults.openaiContentFilter)).toMatchObject({
        code: 'ANSWER_FILTERED',
        reach: 'row',
      })
    })

    it.each<[string, Fault]>([
      ['reset before the reply', faults.resetBeforeHeaders],
      ['reset in the middle of the reply', faults.resetMidBody],
    ])('tries again when the connection is %s', async (_what, what) => {
      const error = await failWith(what)

      expect(error).toMatchObject({ code: 'CONNECTION_FAILED', reach: 'attempt' })
      expect(error.message).toContain('127.0.0.1')
    })

    it.each<[string, Fault]>([
      ['HTML', faults.html],
      ['empty', faults.emptyBody],
      ['not valid JSON', faults.invalidJson],
      ['cut off', faults.truncatedJson],
    ])('tries again when the reply is %s', async (_what, what) => {
      const error = await failWith(what, 'a prompt nobody may read')

      expect(error).toMatchObject({ code: 'REPLY_INVALID', reach: 'attempt' })
      expect(inspect(error, { depth: 9 })).not.toContain('nobody may read')
    })

    it('reads an error that comes with status 200 by the code inside', async () => {
      expect(await failWith(faults.openrouterErrorInside200(429))).toMatchObject({
        code: 'RATE_LIMITED',
        reach: 'attempt',
      })
      expect(await failWith(faults.openrouterErrorInside200(402))).toMatchObject({
        code: 'QUOTA_EXHAUSTED',
      })
    })

    it.each<[string, Fault]>([
      ['a refused key', faults.keyRefused(key)],
      ['a bad request that quotes it', faults.badRequest(`Bad header: Bearer ${key}`)],
    ])('never shows the key, not even in the stack or the cause of %s', async (_what, what) => {
      const error = await failWith(what)

      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(key)
    })

    it('gives up a call when its signal aborts, with the signal’s reason and no socket held', async () => {
      fault = faults.hang
      const aborter = new AbortController()
      const reason = new Error('enough')
      const call = ask('Take your time', aborter.signal)
      await server.arrived(server.requestCount() + 1 - server.inFlight())
      aborter.abort(reason)

      await expect(call).rejects.toBe(reason)
      await server.idle()
    })

    it('gives up in the middle of a reply too', async () => {
      fault = faults.hangMidBody
      const aborter = new AbortController()
      const count = server.requestCount()
      const call = ask('Take your time', aborter.signal)
      await server.arrived(count + 1)
      aborter.abort(new Error('enough'))

      await expect(call).rejects.toThrow('enough')
      await server.idle()
    })

    it('makes no call under a signal that has aborted', async () => {
      const count = server.requestCount()

      await expect(ask('Hello', AbortSignal.abort(new Error('over')))).rejects.toThrow('over')
      expect(server.requestCount()).toBe(count)
    })

    it('answers many prompts at once over kept sockets, each with its own', async () => {
      const texts = Array.from({ length: 40 }, (_, index) => `question ${index}`)
      const answers = await Promise.all(texts.map(text => ask(text)))

      expect(answers.map(({ text }) => text)).toEqual(texts.map(text => `Answer to: ${text}`))
      expect(await server.connections()).toBeLessThanOrEqual(8)
    })

    it('answers over a server that closes each socket after its reply', async () => {
      const closing = await startStubServer({ headers: { connection: 'close' } })
      const own = await contract.open(closing, key)
      const texts = Array.from({ length: 40 }, (_, index) => `question ${index}`)
      const asks = texts.map(text => own.ask(makePrompt(text), new AbortController().signal))
      const answers = await Promise.all(asks)
      await own.close()
      await closing.close()

      expect(answers.map(({ text }) => text)).toEqual(texts.map(text => `Answer to: ${text}`))
    })

    if (!contract.canBegin) {
      it('has no begin', () => {
        expect(client.begin).toBeUndefined()
      })
      return
    }

    /** A call begun, with all that its listener hears. */
    function begin(text: string) {
      const heard: unknown[] = []
      let end: () => void
      const ended = new Promise<void>(resolve => {
        end = resolve
      })
      const hear = (what: Answer | unknown): void => {
        heard.push(what)
        end()
      }
      const call = client.begin?.(makePrompt(text), { answered: hear, failed: hear }) as BegunCall
      return { ...call, breakOff: call.breakOff.bind(call), heard, ended }
    }
    const enough = new Error('enough')

    it('tells the listener of a call begun the answer that ask gives, once', async () => {
      const call = begin('Hello?')
      expect(call.heard).toEqual([])
      await call.ended
      const { reply: _reply, ...answer } = await ask('Hello?')
      await server.idle()

      expect(call.heard).toEqual([expect.objectContaining(answer)])
    })

    it('tells it the error that ask rejects with', async () => {
      fault = faults.retryAfter(7)
      const call = begin('Hello?')
      await call.ended

      expect(call.heard).toEqual([await failWith(faults.retryAfter(7))])
      expect(call.heard).toMatchObject([{ code: 'RATE_LIMITED', retryAfterMs: 7_000 }])
    })

    it.each<[string, Fault, string]>([
      ['the connection is reset before the reply', faults.resetBeforeHeaders, 'CONNECTION_FAILED'],
      ['the connection is reset in the reply', faults.resetMidBody, 'CONNECTION_FAILED'],
      ['the reply is cut off', faults.truncatedJson, 'REPLY_INVALID'],
      ['the reply is HTML', faults.html, 'REPLY_INVALID'],
    ])('tells it once when %s', async (_what, what, code) => {
      fault = what
      const call = begin('Hello?')
      await call.ended
      await server.idle()

      expect(call.heard).toMatchObject([{ code, reach: 'attempt' }])
    })

    it('answers many calls begun at once, each with its own', async () => {
      const calls = Array.from({ length: 40 }, (_, index) => begin(`question ${index}`))
      await Promise.all(calls.map(({ ended }) => ended))

      expect(calls.map(({ heard }) => heard)).toMatchObject(
        calls.map((_, index) => [{ text: `Answer to: question ${index}` }]),
      )
      expect(await server.connections()).toBeLessThanOrEqual(8)
    })

    it.each<[string, Fault]>([
      ['before the reply', faults.hang],
      ['in the reply', faults.hangMidBody],
    ])('tells nothing of a call broken off %s, and holds no socket for it', async (_what, what) => {
      const count = server.requestCount()
      fault = what
      const call = begin('Take your time')
      await server.arrived(count + 1)
      call.breakOff(enough)
      await server.idle()
      fault = undefined

      expect((await ask('Next')).text).toBe('Answer to: Next')
      expect(call.heard).toEqual([])
    })

    it('never sends a call broken off as it waits for a socket, and leaves the others theirs', async () => {
      const connectionCount = server.connectionCount()
      const count = server.requestCount()
      server.hold()
      const sent = Array.from({ length: 8 }, (_, index) => begin(`sent ${index}`))
      await server.arrived(count + 8)
      const waiting = begin('never sent')
      const last = begin('sent last')
      waiting.breakOff(enough)
      server.release()
      await Promise.all([...sent, last].map(({ ended }) => ended))

      expect([...sent, last].map(({ heard }) => heard)).toMatchObject(
        [...sent, last].map(() => [{ finishReason: 'stop' }]),
      )
      expect(waiting.heard).toEqual([])
      expect(server.calls.has('never sent')).toBe(false)
      expect(server.connectionCount()).toBe(connectionCount + 8)
    })

    it('takes no harm from a call broken off after its end', async () => {
      const connectionCount = server.connectionCount()
      const call = begin('Hello?')
      await call.ended
      call.breakOff(enough)
      await ask('Next')

      expect(call.heard).toHaveLength(1)
      expect(await server.connections()).toBe(server.connectionCount() - connectionCount)
    })

    it('tells every call that runs that its connection is gone when the client is closed', async () => {
      fault = faults.hang
      const count = server.requestCount()
      const call = begin('Take your time')
      await server.arrived(count + 1)
      await client.close()
      await call.ended

      expect(call.heard).toMatchObject([{ code: 'CONNECTION_FAILED', reach: 'attempt' }])
      await server.idle()
    })
  })
}
