import { systemClock } from '../../lib/host/system-clock.js'

describe('systemClock', () => {
  it.each([2 ** 31 - 1, 2 ** 31, 1e12, Number.MAX_SAFE_INTEGER])(
    'sleeps on for %d ms, which is more than a timer of Node takes, until it is woken',
    async ms => {
      const waker = new AbortController()
      const slept = systemClock.sleep(ms, waker.signal).then(
        () => 'over',
        reason => reason,
      )
      await systemClock.sleep(30)
      waker.abort('woken')
      expect(await slept).toBe('woken')
    },
  )
})
