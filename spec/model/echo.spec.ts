import { createEcho } from '../../lib/model/echo.js'
import { fakeClock } from '../support/fake-clock.js'
import { makePrompt } from '../support/make-prompt.js'

describe('createEcho', () => {
  const echo = createEcho(fakeClock(1_000))

  it('answers with the whole prompt and its fragments, and counts no tokens', async () => {
    const prompt = makePrompt('Hello', {
      fragments: [{ hash: 'f', content: 'First.' }],
      system: 'S',
    })

    expect(await echo.ask(prompt, new AbortController().signal)).toEqual({
      text: 'First.\nHello',
      finishReason: 'stop',
      usage: {},
      startedAtMs: 1_000,
      durationMs: 0,
    })
  })

  it('answers nothing if the signal has aborted', async () => {
    const aborted = AbortSignal.abort(new Error('over'))

    await expect(echo.ask(makePrompt('Hello'), aborted)).rejects.toThrow('over')
  })
})
