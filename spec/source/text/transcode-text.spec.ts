import { noneMended } from '../../../lib/source/text/mended-counts.js'
import {
  type TranscodeTextOptions,
  transcodeText,
} from '../../../lib/source/text/transcode-text.js'

async function* inPieces(bytes: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of bytes) yield Buffer.from(piece)
}

async function transcode(options: TranscodeTextOptions, ...bytes: readonly Uint8Array[]) {
  const mended = noneMended()
  let text = ''
  let error: unknown
  try {
    for await (const piece of transcodeText(inPieces(bytes), options, mended)) text += piece
  } catch (fault) {
    error = fault
  }
  return { text, error, replaced: mended.replacedBytes }
}

const little = (text: string) => Buffer.from(text, 'utf16le')
const big = (text: string) => little(text).swap16()
const none = { error: undefined, replaced: 0 }

describe('transcodeText', () => {
  it.each<[what: string, bytes: Uint8Array]>([
    ['UTF-16LE with its mark', little('\ufeffña\n')],
    ['UTF-16BE with its mark', big('\ufeffña\n')],
    ['UTF-16LE without a mark', little('ña\n')],
    ['UTF-16BE without a mark', big('ña\n')],
    ['UTF-8', Buffer.from('ña\n')],
  ])('knows %s where bad bytes are replaced', async (_what, bytes) => {
    expect(await transcode({ badBytes: 'replace' }, bytes)).toEqual({ ...none, text: 'ña\n' })
  })

  it('gives the text before a bad byte, and its line', async () => {
    const bad = [...Buffer.from('b\nab'), 0xff]
    const { text, error } = await transcode(
      { encoding: 'shift_jis' },
      Buffer.from('a\n'),
      Buffer.from(bad),
    )

    expect(text).toBe('a\nb\nab')
    expect(error).toMatchObject({
      ...{ code: 'INPUT_ENCODING_INVALID', reach: 'run' },
      message: 'Line 3: not shift_jis',
    })
  })

  it('says that the first byte is bad, and lets UTF-8 pass as it is', async () => {
    const { text, error } = await transcode({ encoding: 'shift_jis' }, Buffer.from([0xff]))

    expect(text).toBe('')
    expect(error).toMatchObject({ message: 'Line 1: not shift_jis' })
    expect(await transcode({ encoding: 'utf8' }, Buffer.from('\ufeffa'))).toEqual({
      ...{ ...none, text: '\ufeffa' },
    })
  })

  it('counts the characters that it replaces, also one that the input cuts off', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62, 0xc3])

    expect(await transcode({ badBytes: 'replace' }, bytes)).toEqual({
      ...{ text: 'a\ufffdb\ufffd', error: undefined, replaced: 2 },
    })
  })

  it('has no text in an empty input, in any encoding', async () => {
    expect(await transcode({ encoding: 'windows-1252' })).toEqual({ ...none, text: '' })
    expect(await transcode({ badBytes: 'replace' })).toEqual({ ...none, text: '' })
  })
})
