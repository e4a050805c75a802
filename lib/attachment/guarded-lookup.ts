import { type LookupAddress, type LookupOptions, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.js'

/** A name was looked up, and leads to an address that is not public. */
export class LocalAddressError extends Error {
  readonly address: string

  constructor(address: string) {
    super(`the address ${address} is not public`)
    this.address = address
  }
}

type LookUp = (
  hostname: string,
  options: LookupOptions,
  done: (
    error: NodeJS.ErrnoException | null,
    address: string | LookupAddress[],
    family?: number,
  ) => void,
) => void

/**
 * Looks a name up as Node does, and fails if one of its addresses is not public. The connection
 * goes to the addresses that were checked, so a server of names cannot give others a moment later.
 */
export function guardedLookup(lookUp: LookUp = lookup): LookupFunction {
  return (hostname, options, done) => {
    lookUp(hostname, options, (error, found, family) => {
      if (error !== null) return done(error, [])
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address)
      const local = addresses.find(address => !isPublicAddress(address))
      if (local === undefined) done(null, found, family)
      else done(new LocalAddressError(local), [])
    })
  }
}
