import { decodeByType } from '../../../lib/model/transport/decode-by-type.js'

describe('decodeByType', () => {
  it.each<[type: string | undefined, bytes: Buffer, text: string]>([
    [undefined, Buffer.from('é'), 'é'],
    ['text/plain', Buffer.from('é'), 'é'],
    ['text/plain; charset=UTF8', Buffer.from('\ufeffé'), '\ufeffé'],
    ['text/plain; charset="iso-8859-1"', Buffer.from([0xe9]), 'é'],
    ['text/plain; Charset = utf-16le', Buffer.from('\ufeffé', 'utf16le'), '\ufeffé'],
    ['text/plain; charset=no-such', Buffer.from('é'), 'é'],
  ])('reads %s', (type, bytes, text) => {
    expect(decodeByType(bytes, type)).toBe(text)
  })
})
