import { rowError } from '../../error/batch-error.js'
import {
  type AttachmentRules,
  isOfType,
  typeNotTaken,
} from '../../model/catalog/attachment-rules.js'
import type { AttachmentStore, GivenAttachment } from '../../port/attachment-store.js'
import { type Attachment, attachmentName } from '../../row/attachment.js'
import { stringifyJson } from '../../row/exact-json.js'
import { type Prompt, promptText } from '../../row/prompt.js'
import type { ColumnValue } from '../../row/row.js'
import { attachmentsUnfit } from '../../template/attachments-unfit.js'
import { columnValue } from '../../template/column-value.js'
import type { PromptHash } from '../../template/prompt-hash.js'

export interface AttachRowOptions {
  /** The column with a path or URL, or several with line breaks between. */
  readonly column: string
  /** What paths are relative to. */
  readonly folder: string
  readonly find: AttachmentStore['find']
  /** Checks that the model takes an attachment. */
  readonly check: (attachment: Attachment) => void
  readonly hashOf: PromptHash
}

/**
 * @returns a function that adds the attachments of a prompt's row, after those of every prompt.
 * Rejects with a BatchError of reach `row`.
 */
export function attachRow(options: AttachRowOptions): (prompt: Prompt) => Promise<Prompt> {
  const { column, folder, find, check, hashOf } = options
  return async prompt => {
    const names = namesIn(columnValue(prompt.row.columns, column), column)
    if (names.length === 0) return prompt
    if (prompt.messages !== undefined) throw attachmentsUnfit(prompt.row)
    const found = await Promise.all(names.map(name => findTaken({ name, folder })))
    const attachments = [...(prompt.attachments ?? []), ...found]
    return {
      ...prompt,
      attachments,
      hash: hashOf.ofText(promptText(prompt), prompt.system, attachments),
    }
  }

  async function findTaken(given: GivenAttachment): Promise<Attachment> {
    const attachment = await find(given)
    check(attachment)
    return attachment
  }
}

/** An empty cell and null mean that the row has no attachment. */
function namesIn(value: ColumnValue | undefined, column: string): readonly string[] {
  if (value === undefined) {
    throw rowError(
      'COLUMN_MISSING',
      `The row has no column ${column}, which --attachment-column names`,
      'Give the row that column; null or an empty text mean no attachment.',
    )
  }
  if (value === null) return []
  if (typeof value === 'string') return linesOf(value)
  if (Array.isArray(value) && value.every(each => typeof each === 'string')) {
    return value.flatMap(linesOf)
  }
  throw rowError(
    'ATTACHMENT_INVALID',
    `The column ${column} has no path or URL: ${stringifyJson(value).slice(0, 80)}`,
    'Write one path or URL, or several with line breaks between.',
  )
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
}

/**
 * @returns a function that throws ATTACHMENT_INVALID, reach row, for what the model cannot take.
 */
export function typeCheck(
  id: string,
  { types }: Pick<AttachmentRules, 'types'>,
): (attachment: Attachment) => void {
  return attachment => {
    const { type } = attachment
    if (types.some(known => isOfType(type, known))) return
    const fault = typeNotTaken({ name: attachmentName(attachment), type }, { id, types })
    throw rowError(fault.code, fault.message, fault.remedy)
  }
}
