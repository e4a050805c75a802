import { detectType, headBytes } from '../../lib/attachment/detect-type.js'
import { smallFiles } from '../support/small-files.js'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('detectType', () => {
  it.each<[type: string, head: Buffer]>([
    ['image/png', smallFiles.png],
    ['image/jpeg', smallFiles.jpeg],
    ['image/gif', bytes('GIF89a\x01\0')],
    ['image/webp', bytes('RIFF\x1a\0\0\0WEBPVP8 ')],
    ['image/bmp', bytes('BM\x46\0\0\0\0\0\0\0')],
    ['image/tiff', bytes('II*\0\x08\0\0\0')],
    ['image/avif', bytes('\0\0\0\x1cftypavif')],
    ['image/heic', bytes('\0\0\0\x1cftypheic')],
    ['image/heif', bytes('\0\0\0\x1cftypmif1')],
    ['application/pdf', smallFiles.pdf],
    ['audio/wav', smallFiles.wav],
    ['audio/aiff', bytes('FORM\0\0\0\x10AIFFCOMM')],
    ['audio/flac', bytes('fLaC\0\0\0\x22')],
    ['audio/aac', bytes('\xff\xf1\x50\x80')],
    ['audio/mpeg', smallFiles.mp3],
    ['audio/mpeg', bytes('\xff\xfb\x90\x64\0')],
    ['audio/ogg', bytes('OggS\0\x02')],
    ['audio/mp4', bytes('\0\0\0\x20ftypM4A \0\0')],
    ['video/mp4', bytes('\0\0\0\x20ftypisom\0\0')],
    ['video/quicktime', bytes('\0\0\0\x14ftypqt  ')],
    ['video/webm', bytes('\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm')],
    ['video/mpeg', bytes('\0\0\x01\xba\x44')],
  ])('tells %s by its first bytes, whatever its name', (type, head) => {
    expect(detectType(head, '/a/file.txt')).toBe(type)
  })

  it('finds a PDF behind other bytes, as readers of PDFs do', () => {
    expect(detectType(Buffer.concat([Buffer.alloc(1000), smallFiles.pdf]), 'a.bin')).toBe(
      'application/pdf',
    )
  })

  it.each([
    ['notes.md', 'text/markdown'],
    ['table.CSV', 'text/csv'],
    ['page.html', 'text/html'],
    ['notes.txt', 'text/plain'],
    ['Makefile', 'text/plain'],
  ])('takes the type of a text from its name: %s', (name, type) => {
    expect(detectType(smallFiles.text, name)).toBe(type)
  })

  it('takes a text as text though the beginning ends within a character', () => {
    const long = Buffer.from('ü'.repeat(headBytes))

    expect(detectType(long.subarray(0, headBytes - 1), 'a.txt')).toBe('text/plain')
  })

  it.each([
    ['an archive', smallFiles.zip],
    ['bytes that are not UTF-8', bytes('caf\xe9 au lait')],
    ['a text with NUL', bytes('a\0b')],
  ])('does not know the type of %s', (_what, head) => {
    expect(detectType(head, 'a.txt')).toBeUndefined()
  })
})
