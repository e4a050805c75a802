import type { Attachment } from '../row/attachment.js'

/**
 * Input tokens of an attachment, by its type and size alone: its pixels, pages and seconds are not
 * known. Wrong by a factor of two or three.
 *
 * An image counts as one of 1024 × 1024 pixels: OpenAI bills 765 tokens (high detail), Anthropic
 * pixels ÷ 750, Google 258 for each tile of 768 × 768. A page of a PDF counts as its text and its
 * image (Anthropic: 1,500 to 3,000 tokens for the text), and as 50 KB. Sound has 32 tokens a second
 * (Google), and video about 300; MP3 has some 16 KB a second, WAV 176 KB, video 250 KB.
 *
 * @see https://platform.openai.com/docs/guides/images-vision#calculating-costs
 * @see https://docs.claude.com/en/docs/build-with-claude/vision#calculate-image-costs
 * @see https://docs.claude.com/en/docs/build-with-claude/pdf-support#estimate-your-costs
 * @see https://ai.google.dev/gemini-api/docs/tokens#multimodal-tokens
 */
export function roughAttachmentTokens({ type, loadedBytes }: Attachment): number {
  const [kind] = type.split('/', 1)
  switch (kind) {
    case 'image':
      return roughImageTokens
    case 'text':
      return Math.ceil(loadedBytes / 4)
    case 'audio':
      return Math.ceil((32 * loadedBytes) / (type === 'audio/wav' ? 176_000 : 16_000))
    case 'video':
      return Math.ceil((300 * loadedBytes) / 250_000)
    default:
      return pageTokens * Math.max(1, Math.round(loadedBytes / 50_000))
  }
}

export const roughImageTokens = 1000
const pageTokens = 2500

/**
 * The most that one image costs: gpt-4o-mini bills 2,833 tokens and 5,667 for each of up to 8
 * tiles.
 */
export const mostImageTokens = 50_000

/**
 * More input tokens than an attachment has, in all likelihood: for caps on spending. Text has at
 * most a token for each byte. Of other files, no limit can be proved from the size.
 */
export function mostAttachmentTokens({ loadedBytes }: Attachment): number {
  return Math.max(mostImageTokens, loadedBytes)
}
