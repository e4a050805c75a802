import type { LanguageModelV3FilePart, LanguageModelV3TextPart } from '@ai-sdk/provider'
import type { Attachment } from '../../row/attachment.js'
import type { SdkWire } from '../catalog/model-reference.js'
import { contentOf, type MarkedContent } from './marked-contents.js'

type SdkPart = LanguageModelV3FilePart | LanguageModelV3TextPart

export interface SdkContentOptions {
  readonly wire: SdkWire
  readonly text: string
  readonly attachments: readonly Attachment[]
  /** The mark of each attachment; undefined if its URL is sent. */
  readonly marks: readonly (MarkedContent | undefined)[]
  /** The option `image_detail`. */
  readonly detail?: unknown
}

/**
 * The content of a message with attachments for the AI SDK. OpenAI gets the text first, as from
 * llm. Anthropic and Google advise to put images and documents before the text.
 *
 * @see https://docs.claude.com/en/docs/build-with-claude/vision (images before text)
 * @see https://ai.google.dev/gemini-api/docs/image-understanding (best practices)
 */
export function sdkContent(options: SdkContentOptions): SdkPart[] {
  const { wire, text, attachments, marks, detail } = options
  const parts = attachments.map((attachment, index) =>
    sdkPart(wire, attachment, marks[index], detail),
  )
  if (text === '') return parts
  const said: SdkPart = { type: 'text', text }
  return wire === 'openai-responses' ? [said, ...parts] : [...parts, said]
}

function sdkPart(
  wire: SdkWire,
  attachment: Attachment,
  marked: MarkedContent | undefined,
  detail: unknown,
): SdkPart {
  const { id, type: mediaType, url } = attachment
  if (isSentAsText(wire, attachment)) {
    // The SDK decodes a text, and sends it as text.
    const data = contentOf(attachment).toString('base64')
    return { type: 'file', mediaType: 'text/plain', data }
  }
  const data = marked?.mark ?? new URL(url ?? '')
  switch (wire) {
    case 'openai-responses': {
      if (mediaType === 'application/pdf') {
        return { type: 'file', mediaType, data, filename: `${id}.pdf` }
      }
      const imageDetail = typeof detail === 'string' ? detail : undefined
      const providerOptions = imageDetail && { openai: { imageDetail } }
      return { type: 'file', mediaType, data, ...(providerOptions && { providerOptions }) }
    }
    case 'anthropic':
      return { type: 'file', mediaType, data }
    case 'google':
      // Google's own name of MP3.
      return { type: 'file', mediaType: mediaType === 'audio/mpeg' ? 'audio/mp3' : mediaType, data }
  }
}

/** Whether the body has an attachment as text, not in Base64. */
export function isSentAsText(wire: SdkWire, { type }: Attachment): boolean {
  return wire === 'anthropic' && type.startsWith('text/')
}
