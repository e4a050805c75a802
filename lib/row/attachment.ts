/** What goes with a prompt besides its text: an image, a PDF, a sound, a text file. */
export interface Attachment {
  /** llm's id, in hex: SHA-256 of the bytes; of a URL, SHA-256 of `{"url": "…"}`. */
  readonly id: string
  /** MIME type without parameters, such as `image/png`. */
  readonly type: string
  /** Absolute path of the file; absent for a URL. */
  readonly path?: string | undefined
  /** Absent for a file. */
  readonly url?: string | undefined
  /**
   * Bytes that a call loads; 0 if the call sends the URL. If a server does not say how long its
   * file is, the most that are allowed.
   */
  readonly loadedBytes: number
  /** The bytes. Absent before a call loads them, so that a waiting prompt is small. */
  readonly content?: Buffer | undefined
}

/**
 * Bytes of attachments, in Base64, that all calls in flight may have together. A call with more
 * runs alone.
 */
export const mostAttachmentBytes = 64_000_000

/** Bytes of a prompt's attachments in a request, which has them in Base64. */
export function encodedBytes(attachments: readonly Attachment[]): number {
  return attachments.reduce((sum, { loadedBytes }) => sum + 4 * Math.ceil(loadedBytes / 3), 0)
}

/** The name that a person gave: the path or the URL. */
export function attachmentName({ path, url }: Pick<Attachment, 'path' | 'url'>): string {
  return path ?? url ?? ''
}
