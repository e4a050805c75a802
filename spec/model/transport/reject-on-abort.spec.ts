import { rejectOnAbort } from '../../../lib/model/transport/reject-on-abort.js'

describe('rejectOnAbort', () => {
  it('begins no call if the signal has aborted', async () => {
    let begun = 0
    const begin = () => {
      begun += 1
      return { breakOff: () => {} }
    }

    await expect(rejectOnAbort(AbortSignal.abort('enough'), begin)).rejects.toBe('enough')
    expect(begun).toBe(0)
  })

  it.each([new Error('enough'), 'enough'])('breaks off with the error %s', async reason => {
    const aborter = new AbortController()
    const brokenOff: Error[] = []
    const call = rejectOnAbort(aborter.signal, () => ({ breakOff: why => brokenOff.push(why) }))
    aborter.abort(reason)

    await expect(call).rejects.toBe(reason)
    expect(brokenOff).toEqual([new Error('enough')])
  })

  it('breaks off nothing after the end', async () => {
    const aborter = new AbortController()
    const brokenOff: Error[] = []
    const call = rejectOnAbort<number>(aborter.signal, resolve => {
      queueMicrotask(() => resolve(1))
      return { breakOff: why => brokenOff.push(why) }
    })

    expect(await call).toBe(1)
    aborter.abort()
    expect(brokenOff).toEqual([])
  })
})
