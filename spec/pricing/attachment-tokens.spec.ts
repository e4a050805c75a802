import { mostAttachmentTokens, roughAttachmentTokens } from '../../lib/pricing/attachment-tokens.js'
import { mostInputTokens, roughInputTokens } from '../../lib/pricing/prompt-tokens.js'
import { prompt } from '../support/rows.js'

const file = (type: string, loadedBytes: number) => ({ id: 'a', type, path: '/a', loadedBytes })

describe('roughAttachmentTokens', () => {
  it.each([
    ['image/png', 5_000_000, 1000],
    ['image/png', 0, 1000],
    ['application/pdf', 10_000, 2500],
    ['application/pdf', 500_000, 25_000],
    ['audio/mpeg', 160_000, 320],
    ['audio/wav', 1_760_000, 320],
    ['video/mp4', 2_500_000, 3000],
    ['text/plain', 4000, 1000],
  ])('counts %s of %i bytes as %i tokens', (type, bytes, tokens) => {
    expect(roughAttachmentTokens(file(type, bytes))).toBe(tokens)
  })
})

describe('mostAttachmentTokens', () => {
  it('is more than any image, and than a token for each byte', () => {
    expect(mostAttachmentTokens(file('image/png', 10))).toBe(50_000)
    expect(mostAttachmentTokens(file('text/plain', 80_000))).toBe(80_000)
  })

  it('is a part of what a prompt has at most, as the guess is of what a prompt has', () => {
    const plain = prompt(0, 'What is this?')
    const asking = { ...plain, attachments: [file('image/png', 10), file('image/png', 20)] }

    expect(roughInputTokens(asking)).toBe(roughInputTokens(plain) + 2000)
    expect(mostInputTokens(asking)).toBe(mostInputTokens(plain) + 100_000)
  })
})
