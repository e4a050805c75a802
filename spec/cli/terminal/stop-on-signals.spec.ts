import { EventEmitter } from 'node:events'
import { stopOnSignals } from '../../../lib/cli/terminal/stop-on-signals.js'
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
