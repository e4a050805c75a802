import fc from 'fast-check'
import { decodeText } from '../../../lib/source/text/decode-text.js'
import { anyCharacter } from '../../support/any-character.js'
import { cutBytes } from '../read-records.js'

function decode(pieces: readonly Uint8Array[]): { text: string; error: any } {
  let text = ''
  const give = (part: string) => {
    text += part
  }
  const decoding = decodeText()
  try {
    for (const piece of pieces) decoding.write(Buffer.from(piece), give)
    decoding.end(give)
  } catch (error) {
    return { text, error }
  }
  return { text, error: undefined }
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

describe('decodeText', () => {
  it('gives the text before the first byte that is not UTF-8, and the place of that byte', () => {
    const { text, error } = decode([Buffer.from('one\ntwo\n'), Buffer.from('caf\xe9\n', 'latin1')])
    expect(text).toBe('one\ntwo\ncaf')
    expect(error).toMatchObject({ code: 'INPUT_ENCODING_INVALID', reach: 'run' })
    expect(error.message).toBe('Line 3: not UTF-8: byte 0xE9 at offset 11')
    expect(error.remedy).toContain('--encoding windows-1252')
  })

  it('names the same place however the bytes are cut', () => {
    const bytes = Buffer.concat([
      Buffer.from('añ€😀\n'),
      Buffer.from([0xf0, 0x9f, 0x41]),
      Buffer.from('z'),
    ])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), lengths => {
        const { text, error } = decode(cutBytes(bytes, lengths))
        expect(text).toBe('añ€😀\n')
        expect(error.message).toBe('Line 2: not UTF-8: byte 0xF0 at offset 11')
      }),
    )
  })

  it.each([
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate written as UTF-8', [0xed, 0xa0, 0x80]],
    ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a lone continuation', [0x80]],
    ['a byte that never occurs', [0xff]],
  ])('refuses %s', (_name, bytes) => {
    const { text, error } = decode([Buffer.from([0x61, ...bytes, 0x62])])
    expect(text).toBe('a')
    expect(error.message).toContain('at offset 1')
  })

  it('refuses an input that ends inside a character', () => {
    const { text, error } = decode([Buffer.from('ab€').subarray(0, 4)])
    expect(text).toBe('ab')
    expect(error.message).toBe('Line 1: not UTF-8: byte 0xE2 at offset 2')
  })

  it('refuses UTF-16 with half a surrogate pair, or half a character at its end', () => {
    const lone = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\ud800b', 'utf16le')])
    expect(decode([lone]).error.message).toBe('Line 1: not UTF-16: byte 0x00 at offset 4')
    const odd = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('a', 'utf16le'),
      Buffer.from([7]),
    ])
    expect(decode([odd])).toMatchObject({ text: 'a', error: { code: 'INPUT_ENCODING_INVALID' } })
  })

  it('reads any text in UTF-8 and UTF-16, with a mark, cut anywhere', () => {
    const text = fc.string({ unit: anyCharacter })
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })
    fc.assert(
      fc.property(text, lengths, (written, cuts) => {
        const marked = `\uFEFF${written}`
        for (const bytes of [
          Buffer.from(marked),
          Buffer.from(marked, 'utf16le'),
          utf16be(marked),
        ]) {
          expect(decode(cutBytes(bytes, cuts))).toEqual({ text: written, error: undefined })
        }
      }),
    )
  })

  it('reads UTF-8 without a mark, and a later mark as text', () => {
    expect(decode([Buffer.from('a\uFEFFb')])).toEqual({ text: 'a\uFEFFb', error: undefined })
  })

  it('recognises UTF-16 without a mark, and names the encoding to add', () => {
    for (const [bytes, name] of [
      [Buffer.from('id,name\n', 'utf16le'), 'UTF-16LE'],
      [utf16be('id,name\n'), 'UTF-16BE'],
    ] as const) {
      const { text, error } = decode([bytes])
      expect(text).toBe('')
      expect(error).toMatchObject({
        code: 'INPUT_ENCODING_INVALID',
        reach: 'run',
        message: `The input looks like ${name.toUpperCase()} without a byte order mark, not UTF-8`,
        remedy: `Add --encoding ${name.toLowerCase()}.`,
      })
    }
  })

  it('suggests UTF-16 for bad bytes with zeros among them', () => {
    const { error } = decode([Buffer.from('題,答\n日本', 'utf16le')])
    expect(error.message).toContain('not UTF-8')
    expect(error.remedy).toContain('--encoding utf-16le')
  })

  it('waits with the first bytes only while they may be a mark', () => {
    const decoding = decodeText()
    const given: string[] = []
    decoding.write(Buffer.from('a'), part => given.push(part))
    expect(given).toEqual(['a'])
  })

  it('gives no text for an empty input', () => {
    expect(decode([])).toEqual({ text: '', error: undefined })
  })
})
