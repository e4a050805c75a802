import type { Attachment } from '../row/attachment.js'

/** The name of an attachment as a person gives it. */
export interface GivenAttachment {
  /** Path or URL. A path is relative to `folder`. */
  readonly name: string
  readonly folder: string
  /** The MIME type, if the person says it. */
  readonly type?: string | undefined
}

/**
 * Files and URLs that go with prompts. Rejects with a BatchError of reach `row` that names the
 * attachment: ATTACHMENT_NOT_FOUND or ATTACHMENT_INVALID.
 */
export interface AttachmentStore {
  /** Finds an attachment, its type and its id. Its bytes are not kept. */
  readonly find: (given: GivenAttachment) => Promise<Attachment>
  /**
   * Loads the bytes of a found attachment. Rejects if a file has changed since it was found,
   * because the answer would be recorded for other bytes.
   */
  readonly load: (attachment: Attachment) => Promise<Buffer>
  /** Ends requests in flight. */
  readonly close: () => Promise<void>
}
