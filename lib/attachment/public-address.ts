import { BlockList, isIP } from 'node:net'

/**
 * Networks that the Internet does not reach, or that stand for others.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const reserved: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // IPv4 addresses in IPv6: a gateway would translate them.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
]

/** The only IPv6 addresses that are given out for the Internet. */
const globalUnicast = '2000::/3'
/** Parts of `globalUnicast` with other uses: protocol assignments (Teredo), documentation. */
const notGlobal: readonly string[] = ['2001::/23', '2001:db8::/32', '3fff::/20']

const closed = blockList([...reserved, ...notGlobal])
const open = blockList([globalUnicast])

/** Whether an IP address is on the Internet: not local, private, or reserved. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !closed.check(address, 'ipv4')
  if (family !== 6) return false
  return open.check(address, 'ipv6') && !closed.check(address, 'ipv6')
}

/**
 * The address in the host of a URL that is not public, as far as the host itself says so: an IP
 * address, or a name that only this machine or network knows. Undefined for other names, which must
 * be looked up.
 *
 * @param hostname as `URL` gives it: in lower case, `127.1` as `127.0.0.1`, IPv6 in brackets.
 */
export function localHost(hostname: string): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (isIP(host) !== 0) return isPublicAddress(host) ? undefined : host
  return /^[^.]*$|\.(?:localhost|local|internal|lan|home|home\.arpa)$/.test(host) ? host : undefined
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4')
  }
  return list
}
