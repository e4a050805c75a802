import { printableLine, printableText } from '../../lib/host/printable.js'

describe('printableText', () => {
  it('takes out escape sequences, control characters and marks that turn the direction of text', () => {
    const hostile =
      '\u001b[31mred\u001b[0m \u001b]0;title\u0007a\u0000b\u0008c\u009bd\u202ee\u2066f'
    expect(printableText(hostile)).toBe('red abcdef')
  })

  it('keeps line breaks, tabs, accents and emoji', () => {
    expect(printableText('é\tπ\r\n🙂\rz')).toBe('é\tπ\n🙂\nz')
  })
})

describe('printableLine', () => {
  it('is one line, whatever was in it', () => {
    expect(printableLine('a\r\nb\tc\u2028d\u001b[2Je')).toBe('a b c de')
  })
})
