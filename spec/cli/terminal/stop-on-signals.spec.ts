import { EventEmitter } from 'node:events'
import { stopOnSignals } from '../../../lib/cli/terminal/stop-on-signals.js'
import type { BatchError } from '../../../lib/error/batch-error.js'

const watch = () => {
  const asked: string[] = []
  const said: string[] = []
  const signals = new EventEmitter()
  const note = (what: string) => (reason: BatchError) => void asked.push(`${what} ${reason.code}`)
  const batch = { stop: note('stop'), abort: note('abort') }
  const release = stopOnSignals(batch, signals, line => void said.push(line))
  return { asked, said, signals, release }
}

describe('stopOnSignals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'lets calls in flight finish at the first %s, and ends them at the next signal',
    name => {
      const { asked, said, signals } = watch()
      signals.emit(name, name)
      expect(asked).toEqual(['stop RUN_INTERRUPTED'])
      expect(said[0]).toContain('Interrupt again to stop at once')
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
