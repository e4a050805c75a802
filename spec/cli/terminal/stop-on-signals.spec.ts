import { EventEmitter } from 'node:events'
import { stopOnSignals, unlessInterrupted } from '../../../lib/cli/terminal/stop-on-signals.js'
import type { BatchError } from '../../../lib/error/batch-error.js'
import type { BatchProgress } from '../../../lib/run/progress.js'

const watch = () => {
  const asked: string[] = []
  const said: string[] = []
  const signals = new EventEmitter()
  const note = (what: string) => (reason: BatchError) => void asked.push(`${what} ${reason.code}`)
  const progress = () => ({ callsInFlight: 8 }) as BatchProgress
  const batch = { stop: note('stop'), abort: note('abort'), progress }
  const resume = 'llm batch rows.csv --resume --batch-id b'
  const release = stopOnSignals(batch, signals, line => void said.push(line), resume)
  return { asked, said, signals, release }
}

describe('stopOnSignals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'lets calls in flight finish at the first %s, and ends them at the next signal',
    name => {
      const { asked, said, signals } = watch()
      signals.emit(name, name)
      expect(asked).toEqual(['stop RUN_INTERRUPTED'])
      expect(said).toEqual([
        'Interrupted, stopping: 8 calls in flight. Interrupt again to stop at once.',
        'Resume with: llm batch rows.csv --resume --batch-id b',
      ])
      signals.emit('SIGINT', 'SIGINT')
      expect(asked).toEqual(['stop RUN_INTERRUPTED', 'abort RUN_INTERRUPTED'])
    },
  )

  it('leaves a third signal to the system, which ends the process', () => {
    const { signals } = watch()
    signals.emit('SIGINT', 'SIGINT')
    signals.emit('SIGINT', 'SIGINT')
    expect(signals.eventNames()).toEqual([])
  })

  it('listens no more when the run is over', () => {
    const { asked, signals, release } = watch()
    release()
    signals.emit('SIGINT', 'SIGINT')
    expect(asked).toEqual([])
    expect(signals.eventNames()).toEqual([])
  })
})

/** A promise that a spec settles. */
function deferred() {
  let resolve = (_opened: string) => {}
  let reject = (_error: Error) => {}
  const promise = new Promise<string>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}

describe('unlessInterrupted', () => {
  const noClose = () => Promise.reject(new Error('must not be closed'))

  it('gives what was opened, or why it was not, and listens no more', async () => {
    const signals = new EventEmitter()
    expect(await unlessInterrupted(Promise.resolve('opened'), signals, noClose)).toBe('opened')
    const refused = unlessInterrupted(Promise.reject(new Error('refused')), signals, noClose)
    await expect(refused).rejects.toThrow('refused')
    expect(signals.eventNames()).toEqual([])
  })

  it('waits no more after a signal, and closes what is opened afterwards', async () => {
    const signals = new EventEmitter()
    const opening = deferred()
    const closed = deferred()
    const close = async (opened: string) => closed.resolve(opened)
    const waiting = unlessInterrupted(opening.promise, signals, close)
    signals.emit('SIGTERM', 'SIGTERM')

    await expect(waiting).rejects.toMatchObject({
      code: 'RUN_INTERRUPTED',
      message: 'Interrupted by SIGTERM',
    })
    expect(signals.eventNames()).toEqual([])
    opening.resolve('late')
    expect(await closed.promise).toBe('late')
  })

  it('lets an opening that fails after the signal fail for nobody', async () => {
    const signals = new EventEmitter()
    const opening = deferred()
    const waiting = unlessInterrupted(opening.promise, signals, noClose)
    signals.emit('SIGINT', 'SIGINT')
    await expect(waiting).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' })

    opening.reject(new Error('too late'))

    await expect(opening.promise).rejects.toThrow('too late')
  })
})
