import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { decodeBody } from '../../../lib/model/transport/decode-body.js'

const text = Buffer.from('Como '.repeat(100))

describe('decodeBody', () => {
  it.each<[codings: string, coded: Buffer]>([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['deflate', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', text],
  ])('undoes %s', async (codings, coded) => {
    expect((await decodeBody(coded, codings, 1000))?.toString()).toBe(text.toString())
  })

  it.each([
    ['gzip', Buffer.from('plain')],
    ['deflate', Buffer.from([0x1f, 0x00])],
    ['deflate', Buffer.from('{\n  "id": "x"\n}')],
    ['br', Buffer.from(' {"id": "x"}')],
    ['br', Buffer.from('{"id": "caf\xe9"}', 'latin1')],
  ])('gives a body as it is if %s does not fit', async (codings, body) => {
    expect(await decodeBody(body, codings, 1000)).toEqual(body)
  })

  it('has none if it is too large', async () => {
    expect(await decodeBody(gzipSync(text), 'gzip', text.length - 1)).toBeUndefined()
  })
})
