import type { Attachment } from '../../row/attachment.js'
import { type Prompt, promptText } from '../../row/prompt.js'

/** The bytes of an attachment, and the mark that stands for them in a request body. */
export interface MarkedContent {
  /** A text that JSON writes as it is. */
  readonly mark: string
  readonly content: Buffer
}

/**
 * Marks for the attachments of a prompt, in their order; undefined for an attachment whose URL is
 * sent. A body is written with the marks, and `fillBody` puts the bytes in their place: so bytes
 * are copied once, into the bytes of the request, and no library handles them.
 *
 * @param isMarked whether the body has a mark; if not, the body has the attachment as text.
 */
export function markContents(
  prompt: Prompt,
  isMarked: (attachment: Attachment) => boolean = () => true,
): readonly (MarkedContent | undefined)[] {
  const { attachments = [], system = '', options, schema, tools, followUps } = prompt
  const urls = attachments.map(({ url }) => url)
  const more = JSON.stringify([options, schema, tools, followUps, urls])
  const others = [promptText(prompt), system, more]
  for (const attachment of attachments) {
    if (!isMarked(attachment)) others.push(contentOf(attachment).toString())
  }
  let start = 'attachment'
  // No text of the prompt may be taken for a mark.
  while (others.some(text => text.includes(start))) start += '-of-prompt'
  return attachments.map((attachment, index) => {
    if (attachment.loadedBytes === 0 || !isMarked(attachment)) return undefined
    return { mark: `${start}.${index}.`, content: contentOf(attachment) }
  })
}

/**
 * Puts the bytes, in Base64, in place of their marks.
 *
 * @param body JSON with each mark once.
 */
export function fillBody(body: string, marked: readonly MarkedContent[]): Buffer {
  const places = marked.map(({ mark, content }) => ({ at: body.indexOf(mark), mark, content }))
  places.sort((a, b) => a.at - b.at)
  const encoded = places.reduce((sum, { content }) => sum + base64Length(content), 0)
  const filled = Buffer.allocUnsafe(Buffer.byteLength(body) + encoded)
  let length = 0
  let copied = 0
  for (const { at, mark, content } of places) {
    if (at === -1) throw new RangeError(`the request has no place for ${mark}`)
    length += filled.write(body.slice(copied, at), length)
    length += filled.write(content.toString('base64'), length, 'latin1')
    copied = at + mark.length
  }
  length += filled.write(body.slice(copied), length)
  return filled.subarray(0, length)
}

function base64Length(content: Buffer): number {
  return 4 * Math.ceil(content.length / 3)
}

/** @throws {RangeError} if the caller has not loaded it. */
export function contentOf({ content, id }: Attachment): Buffer {
  if (content === undefined) throw new RangeError(`the attachment ${id} is not loaded`)
  return content
}
