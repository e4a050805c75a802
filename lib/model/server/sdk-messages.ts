import type {
  LanguageModelV3FilePart,
  LanguageModelV3Prompt,
  LanguageModelV3TextPart,
} from '@ai-sdk/provider'
import { type ImagePart, type Message, messageText, type SaidPart } from '../../row/message.js'

/**
 * Messages for the AI SDK.
 *
 * @throws {RangeError} for a message that `messageFault` would have named before.
 */
export function sdkMessages(messages: readonly Message[]): LanguageModelV3Prompt {
  return messages.map(sdkMessage)
}

function sdkMessage(message: Message): LanguageModelV3Prompt[number] {
  const { role, parts } = message
  switch (role) {
    case 'system':
      return { role, content: messageText(message) }
    case 'user':
    case 'assistant':
      return { role, content: parts.map(sdkPart) }
    case 'tool':
      throw new RangeError('a message of a tool was not refused')
  }
}

function sdkPart(part: SaidPart): LanguageModelV3TextPart | LanguageModelV3FilePart {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image':
      return filePart(part)
    case 'foreign':
      throw new RangeError(`the part ${part.name} was not refused`)
  }
}

function filePart({ url, detail }: ImagePart): LanguageModelV3FilePart {
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  return {
    type: 'file',
    mediaType: mediaType ?? typeByName(url),
    data: data ?? new URL(url),
    ...(detail !== undefined && { providerOptions: { openai: { imageDetail: detail } } }),
  }
}

/** Google wants the type of an image that it fetches. */
function typeByName(url: string): string {
  const [, extension = ''] = /\.(png|webp|gif|heic|heif)$/i.exec(new URL(url).pathname) ?? []
  return extension === '' ? 'image/jpeg' : `image/${extension.toLowerCase()}`
}
