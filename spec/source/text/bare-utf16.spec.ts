import { bareUtf16 } from '../../../lib/source/text/bare-utf16.js'

const little = (text: string) => Buffer.from(text, 'utf16le')

describe('bareUtf16', () => {
  it.each(['id,name\r\n1,Ada\r\n', 'hé\n', '[{"größe": "5 €"}]', 'a\n'])('knows %j', text => {
    expect(bareUtf16(little(text))).toBe('utf-16le')
    expect(bareUtf16(little(text).swap16())).toBe('utf-16be')
    expect(bareUtf16(Buffer.from(text))).toBeUndefined()
  })

  it.each(['', 'a', 'a\0b', '\0\0\0\0', 'a\0\0b\0\0', '語\0語'])(
    'takes %j in UTF-8 as UTF-8',
    text => {
      expect(bareUtf16(Buffer.from(text))).toBeUndefined()
    },
  )
})
