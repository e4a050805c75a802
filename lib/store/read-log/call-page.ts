import type { LoggedAttachment, LoggedCall, LoggedFragment } from '../../port/llm-log.js'

/** Calls that were read together. */
export interface CallPage {
  readonly has: (id: string) => boolean
  /** Makes the call of an id that the page has. */
  readonly make: (id: string) => LoggedCall
  /** About how many characters the page holds. */
  readonly characters: number
}

export interface FragmentRow {
  /** Id of the call. */
  readonly call: string
  readonly kind: 'prompt' | 'system'
  readonly hash: string
  readonly content: string
  /** A JSON array. */
  readonly aliases: string
}

/** An expression: the aliases of a fragment, as a JSON array. */
export const aliasesSql = `(SELECT json_group_array(fragment_aliases.alias) FROM fragment_aliases
  WHERE fragment_aliases.fragment_id = fragments.id)`

export function loggedFragment({ hash, content, aliases }: FragmentRow): LoggedFragment {
  return { hash, content, aliases: JSON.parse(aliases) as string[] }
}

export interface AttachmentRow {
  readonly id: string
  readonly type: string | null
  readonly path: string | null
  readonly url: string | null
  readonly bytes: number | null
}

/** Columns of an `AttachmentRow`. The content stays in the database. */
export const attachmentColumns = `attachments.id, attachments.type, attachments.path,
  attachments.url, length(attachments.content) AS bytes`

export function loggedAttachment({ id, type, path, url, bytes }: AttachmentRow): LoggedAttachment {
  return {
    id,
    type: type ?? undefined,
    path: path ?? undefined,
    url: url ?? undefined,
    contentBytes: bytes ?? undefined,
  }
}

/** Rows by the id of their call. */
export function byCall<Row extends { readonly call: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.call)
    if (group === undefined) groups.set(row.call, [row])
    else group.push(row)
  }
  return groups
}
