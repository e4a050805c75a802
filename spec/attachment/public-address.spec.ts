import fc from 'fast-check'
import { isPublicAddress, localHost } from '../../lib/attachment/public-address.js'

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])(
    'is true of %s',
    address => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.0.1', '169.254.169.254'],
    ...['172.16.0.1', '172.31.255.255', '192.168.0.1', '198.18.0.1', '224.0.0.1'],
    ...['255.255.255.255', '::', '::1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1'],
    ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1'],
    ...['localhost', ''],
  ])('is false of %s', address => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it('is false of every address in a private network', () => {
    const byte = fc.nat(255)
    fc.assert(
      fc.property(byte, byte, byte, (a, b, c) => {
        for (const start of ['10', '127'])
          expect(isPublicAddress(`${start}.${a}.${b}.${c}`)).toBe(false)
        expect(isPublicAddress(`192.168.${a}.${b}`)).toBe(false)
        expect(isPublicAddress(`172.${16 + (a % 16)}.${b}.${c}`)).toBe(false)
      }),
    )
  })
})

describe('localHost', () => {
  it.each([
    'http://127.0.0.1:8080/a.png',
    'http://127.1/a.png',
    'http://2130706433/a.png',
    'http://0x7f.0.0.1/a.png',
    'http://017700000001/a.png',
    'http://[::1]/a.png',
    'http://[::ffff:10.0.0.1]/a.png',
    'http://localhost/a.png',
    'http://LOCALHOST./a.png',
    'http://nas/a.png',
    'http://printer.local/a.png',
    'http://metadata.google.internal/a.png',
    'http://169.254.169.254/latest/meta-data',
  ])('tells %s, however it is written', url => {
    expect(localHost(new URL(url).hostname)).toBeDefined()
  })

  it.each(['https://example.com/a.png', 'https://8.8.8.8/a.png', 'https://local.example.com/'])(
    'does not tell %s',
    url => {
      expect(localHost(new URL(url).hostname)).toBeUndefined()
    },
  )
})
