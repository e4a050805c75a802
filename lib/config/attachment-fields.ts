import { z } from 'zod'

const attachmentSchema = z.union([
  z.string().min(1),
  z.strictObject({ name: z.string().min(1), type: z.string().min(1) }),
])

/** The options about what goes with prompts besides texts. */
export const attachmentFields = {
  /**
   * Paths and URLs of images, PDFs, sounds and texts that go with every prompt, also with their
   * MIME types. A path is relative to the working directory.
   */
  attachments: z.array(attachmentSchema).default([]),
  /**
   * Column with the paths and URLs that go with a row's prompt, with line breaks between. A path is
   * relative to the folder of the input.
   */
  attachmentColumn: z.string().min(1).optional(),
  /** Whether URLs of attachments may lead to local and private addresses. */
  allowLocalUrls: z.boolean().default(false),
  /** Megabytes that an attachment may have. */
  maxAttachmentMb: z.int().positive().default(50),
}
