import { askWithTimeout } from '../../lib/stage/ask-with-timeout.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { answer, prompt } from '../support/rows.js'

const signals = () => {
  const aborter = new AbortController()
  return { aborter, both: { aborted: aborter.signal, stopping: aborter.signal } }
}

/** An ask that ends only when it is told to. */
const hanging = (_: unknown, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('askWithTimeout', () => {
  it('gives the answer that comes in time', async () => {
    const ask = askWithTimeout(async () => answer('in time'), {
      timeoutMs: 1_000,
      clock: fakeClock(),
    })

    expect(await ask(prompt(0), signals().both)).toMatchObject({ text: 'in time' })
  })

  it('gives an attempt up when its time is over, so that it may be tried again', async () => {
    const clock = fakeClock()
    const ask = askWithTimeout(hanging, { timeoutMs: 1_000, clock })
    const asked = ask(prompt(0), signals().both).catch(error => error)

    await clock.advance(999)
    await expect(Promise.race([asked, settle().then(() => 'waiting')])).resolves.toBe('waiting')
    await clock.advance(1)

    expect(await asked).toMatchObject({
      code: 'CALL_TIMED_OUT',
      reach: 'attempt',
      message: 'No answer within 1 s',
    })
  })

  it('gives each call its own full time', async () => {
    const clock = fakeClock()
    const ask = askWithTimeout(hanging, { timeoutMs: 1_000, clock })
    const ends: string[] = []
    const { both } = signals()
    ask(prompt(0), both).catch(() => ends.push('first'))
    await clock.advance(600)
    ask(prompt(1), both).catch(() => ends.push('second'))

    await clock.advance(400)
    expect(ends).toEqual(['first'])
    await clock.advance(600)
    expect(ends).toEqual(['first', 'second'])
  })

  it('keeps no timer when nothing is in flight', async () => {
    const clock = fakeClock()
    const ask = askWithTimeout(async () => answer(), { timeoutMs: 1_000, clock })

    await ask(prompt(0), signals().both)
    await settle()

    expect(clock.sleepers()).toBe(0)
  })

  it('watches a call that begins just as the one before ends', async () => {
    const clock = fakeClock()
    const asks = [async () => answer(), hanging]
    const ask = askWithTimeout((asked, signal) => (asks.shift() ?? hanging)(asked, signal), {
      timeoutMs: 1_000,
      clock,
    })
    const { both } = signals()
    const second = ask(prompt(0), both).then(() => ask(prompt(1), both).catch(error => error))
    await settle()

    await clock.advance(1_000)

    expect(await second).toMatchObject({ code: 'CALL_TIMED_OUT' })
  })

  it('ends calls in flight when the run is aborted, with its reason', async () => {
    const { aborter, both } = signals()
    const ask = askWithTimeout(hanging, { timeoutMs: 1_000, clock: fakeClock() })
    const asked = ask(prompt(0), both)
    const reason = new Error('stop now')

    aborter.abort(reason)

    await expect(asked).rejects.toBe(reason)
  })
})
