import type { LookupAddress } from 'node:dns'
import { promisify } from 'node:util'
import { guardedLookup, LocalAddressError } from '../../lib/attachment/guarded-lookup.js'

/** Looks a name up in a network where it has these addresses. */
function lookUp(addresses: readonly string[], all = true): Promise<unknown> {
  const found = addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
  const guarded = guardedLookup((_name, options, done) => {
    const [first] = found as [LookupAddress]
    if (options.all === true) done(null, found)
    else done(null, first.address, first.family)
  })
  return promisify(guarded)('files.example.com', { all })
}

describe('guardedLookup', () => {
  it('gives the addresses of a public name', async () => {
    expect(await lookUp(['8.8.8.8', '2606:4700::1111'])).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
    expect(await lookUp(['8.8.8.8'], false)).toBe('8.8.8.8')
  })

  it.each([[['127.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['fe80::1']]])(
    'fails for a name that leads to %s',
    async addresses => {
      await expect(lookUp(addresses)).rejects.toThrow(LocalAddressError)
      if (addresses.length === 1) {
        await expect(lookUp(addresses, false)).rejects.toThrow(LocalAddressError)
      }
    },
  )

  it('passes a failure of the lookup on', async () => {
    const missing = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    const guarded = guardedLookup((_name, _options, done) => done(missing, []))

    await expect(promisify(guarded)('nowhere.example.com', { all: true })).rejects.toBe(missing)
  })
})
