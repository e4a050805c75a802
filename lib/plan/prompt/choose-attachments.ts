import { dirname, resolve } from 'node:path'
import { openAttachments } from '../../attachment/open-attachments.js'
import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import type { SavedTemplate } from '../../home/find-saved-template.js'
import { attachmentRules, checkTakesAttachments } from '../../model/catalog/attachment-rules.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import { proxySettings } from '../../model/transport/proxy-settings.js'
import { userAgent } from '../../model/transport/user-agent.js'
import type { GivenAttachment } from '../../port/attachment-store.js'
import type { Clock } from '../../port/clock.js'
import type { RowSource } from '../../port/row-source.js'
import { type Attachment, encodedBytes, mostAttachmentBytes } from '../../row/attachment.js'
import type { PlanAttachments } from '../../run/plan.js'
import type { PromptHash } from '../../template/prompt-hash.js'
import { attachRow, typeCheck } from './attach-row.js'

export interface ChooseAttachmentsOptions {
  readonly saved: Pick<SavedTemplate, 'attachments'> | undefined
  readonly reference: ModelReference
  /** The rows, if a column of theirs may have attachments. */
  readonly rows?: AttachmentRows
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/** Rows with attachments of their own. */
export interface AttachmentRows {
  readonly source: Pick<RowSource, 'files' | 'columns' | 'isColumnsFixed'>
  /** Makes the hashes of the run's prompts. */
  readonly hashOf: PromptHash
}

export interface ChosenAttachments extends PlanAttachments {
  readonly close: () => Promise<void>
}

export type AttachmentOptions = Pick<
  ResolvedBatchOptions,
  'attachments' | 'attachmentColumn' | 'allowLocalUrls' | 'maxAttachmentMb'
>

/**
 * Finds the attachments of every prompt, and prepares to find those of each row.
 *
 * @returns undefined if there are none.
 * @throws {BatchError} ATTACHMENT_NOT_FOUND, ATTACHMENT_INVALID, COLUMN_MISSING; reach run.
 */
export async function chooseAttachments(
  options: AttachmentOptions,
  given: ChooseAttachmentsOptions,
): Promise<ChosenAttachments | undefined> {
  const { attachmentColumn: column, allowLocalUrls: allowLocal, maxAttachmentMb } = options
  const { saved, reference, rows, environment, clock } = given
  const named = namedAttachments(options, saved)
  if (named.length === 0 && column === undefined) return undefined
  checkTakesAttachments(reference)
  if (column !== undefined && rows !== undefined) checkColumn(column, rows.source)
  const rules = attachmentRules(reference)
  const check = typeCheck(reference.id, rules)
  const { find, load, close } = openAttachments({
    proxies: proxySettings(environment),
    userAgent,
    allowLocal,
    mostBytes: maxAttachmentMb * 1_000_000,
    clock,
    isUrlSent: rules.isUrlSent,
  })
  try {
    const shared = await Promise.all(named.map(findShared))
    return { shared, column, attach: attachOf(column, rows), load, close }
  } catch (error) {
    await close()
    throw reachingRun(error)
  }

  function attachOf(name: string | undefined, of: AttachmentRows | undefined) {
    if (name === undefined || of === undefined) return undefined
    const { source, hashOf } = of
    const folder = folderOf(source.files)
    return attachRow({ column: name, folder, find, check, hashOf })
  }

  async function findShared(one: GivenAttachment): Promise<Attachment> {
    const attachment = await find(one)
    check(attachment)
    return attachment
  }
}

/** The folder in which names in a column are looked for. */
function folderOf(files: readonly string[]): string {
  const [folder = resolve(), other] = new Set(
    files.map(path => (path === '-' ? resolve() : dirname(path))),
  )
  if (other === undefined) return folder
  throw runError(
    'USAGE_INVALID',
    `--attachment-column looks for files beside the input, but the inputs are in several folders: ${folder}, ${other}`,
    'Put the inputs into one folder, or run a batch for each.',
  )
}

/** In llm's order: of the saved template first, those with a stated type last. */
export function namedAttachments(
  { attachments: given }: Pick<AttachmentOptions, 'attachments'>,
  saved: Pick<SavedTemplate, 'attachments'> | undefined,
): readonly GivenAttachment[] {
  const folder = resolve()
  const all = [...(saved?.attachments ?? []), ...given].map(one =>
    typeof one === 'string' ? { name: one, folder } : { ...one, folder },
  )
  const fromInput = all.find(({ name }) => name === '-')
  if (fromInput !== undefined) {
    const remedy = 'Save it as a file, and name the file.'
    throw runError('ATTACHMENT_INVALID', 'Standard input (-) cannot be an attachment', remedy)
  }
  const isTyped = ({ type }: GivenAttachment) => type !== undefined
  return [...all.filter(one => !isTyped(one)), ...all.filter(isTyped)]
}

/** The attachments as a batch records them: with absolute paths. */
export function recordedAttachments(
  given: AttachmentOptions['attachments'],
): AttachmentOptions['attachments'] {
  const absolute = (name: string) => (name.includes('://') ? name : resolve(name))
  return given.map(one =>
    typeof one === 'string' ? absolute(one) : { ...one, name: absolute(one.name) },
  )
}

/** What a person should know of the attachments of every prompt, before the run. */
export function attachmentWarnings(
  attachments: PlanAttachments | undefined,
  concurrency: number,
): readonly string[] {
  const bytes = encodedBytes(attachments?.shared ?? [])
  const most = Math.max(1, Math.floor(mostAttachmentBytes / Math.max(1, bytes)))
  if (most >= concurrency) return []
  const each = `each call has ${megabytes(bytes)} MB of attachments`
  const limit = `all calls together may have ${megabytes(mostAttachmentBytes)} MB`
  return [`Only ${most} of ${concurrency} calls run at once: ${each}, and ${limit}.`]
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1).replace(/\.0$/, '')
}

function checkColumn(
  column: string,
  { columns, isColumnsFixed }: Pick<RowSource, 'columns' | 'isColumnsFixed'>,
): void {
  const first = column.replace(/\..*/s, '')
  const isKnown = columns.includes(column) || (!isColumnsFixed && columns.includes(first))
  if (isKnown || columns.length === 0) return
  const near = nearest(column, columns)
  const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
  throw runError(
    'COLUMN_MISSING',
    `--attachment-column names no column of the input: ${column}`,
    `The columns are: ${columns.join(', ')}.${hint}`,
  )
}

/** A fault of what goes with every row is a fault of the run. */
function reachingRun(error: unknown): unknown {
  if (!BatchError.isInstance(error)) return error
  return runError(error.code, error.message, error.remedy, error)
}
