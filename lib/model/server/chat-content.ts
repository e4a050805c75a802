import type { Attachment } from '../../row/attachment.js'
import type { MarkedContent } from './marked-contents.js'

export interface ChatContentOptions {
  readonly text: string
  readonly attachments: readonly Attachment[]
  /** The mark of each attachment; undefined if its URL is sent. */
  readonly marks: readonly (MarkedContent | undefined)[]
  /** The option `image_detail`. */
  readonly detail?: unknown
}

/**
 * The content of a message with attachments in the wire of chat completions, as llm sends it: the
 * text, then the attachments.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create (content parts)
 */
export function chatContent({ text, attachments, marks, detail }: ChatContentOptions): object[] {
  const parts = attachments.map((attachment, index) => chatPart(attachment, marks[index], detail))
  return text === '' ? parts : [{ type: 'text', text }, ...parts]
}

function chatPart(
  { id, type, url }: Attachment,
  marked: MarkedContent | undefined,
  detail: unknown,
): object {
  const data = marked?.mark ?? ''
  if (type.startsWith('audio/')) {
    const format = type === 'audio/wav' ? 'wav' : 'mp3'
    return { type: 'input_audio', input_audio: { data, format } }
  }
  const inline = `data:${type};base64,${data}`
  if (type === 'application/pdf') {
    return { type: 'file', file: { filename: `${id}.pdf`, file_data: inline } }
  }
  const image = { url: marked === undefined ? url : inline }
  return { type: 'image_url', image_url: detail === undefined ? image : { ...image, detail } }
}
