import type { LoggedAttachment } from '../../port/llm-log.js'
import {
  isPythonObject,
  type PythonJson,
  type PythonObject,
  readPythonJson,
} from '../../row/python/python-json.js'
import type { Statements } from '../database/database.js'
import { type AttachmentRow, attachmentColumns, loggedAttachment } from './call-page.js'
import type { MessageLink } from './message-chains.js'

/** A part of a message: text, reasoning, a call of a tool, its result, or an attachment. */
export interface MessagePart {
  readonly id: number
  readonly type: string
  /** Made of its fragments when it is asked for; '' for a part without text. */
  readonly text: () => string
  /** What the part has besides its text. */
  readonly fields: PythonObject
  readonly attachments: readonly LoggedAttachment[]
}

export interface MessageParts {
  readonly of: (messages: readonly MessageLink[]) => readonly MessagePart[]
  readonly characters: number
}

interface PartRow {
  readonly id: number
  readonly message_hash: string
  readonly type: string
  readonly text: string | null
  readonly rest: string | null
}

const selectParts = `
  SELECT parts.id, parts.message_hash, parts.type, parts.text, parts.payload AS rest
  FROM json_each(?) AS wanted CROSS JOIN parts ON parts.message_hash = wanted.value
  ORDER BY parts.message_hash, parts.position`
const selectFragments = `
  SELECT fragments.id, fragments.content
  FROM json_each(?) AS wanted CROSS JOIN fragments ON fragments.id = wanted.value`
const selectAttachments = `
  SELECT ${attachmentColumns}
  FROM json_each(?) AS wanted CROSS JOIN attachments ON attachments.id = wanted.value`

const noFields: PythonObject = new Map()

/** Loads the parts of some messages, with the fragments and attachments that they refer to. */
export async function loadMessageParts(
  database: Statements,
  messages: Iterable<MessageLink>,
): Promise<MessageParts> {
  const hashes = [...new Set([...messages].map(({ hash }) => hash))]
  const rows = await database.all<PartRow>(selectParts, [JSON.stringify(hashes)])
  const parsed = rows.map(row => ({ row, fields: fieldsOf(row) }))
  const fragments = await loadFragments(
    database,
    parsed.flatMap(({ fields }) => piecesOf(fields).flatMap(fragmentIdOf)),
  )
  const attachments = await loadAttachments(
    database,
    parsed.flatMap(({ fields }) => attachmentIdsOf(fields)),
  )
  const partsByMessage = new Map<string, MessagePart[]>()
  for (const { row, fields } of parsed) {
    const parts = partsByMessage.get(row.message_hash) ?? []
    if (parts.length === 0) partsByMessage.set(row.message_hash, parts)
    parts.push({
      id: row.id,
      type: row.type,
      text: () => row.text ?? textOf(fields, fragments),
      fields,
      attachments: attachmentIdsOf(fields).flatMap(id => attachments.get(id) ?? []),
    })
  }
  return {
    of: links => links.flatMap(({ hash }) => partsByMessage.get(hash) ?? []),
    characters: rows.reduce((sum, row) => sum + lengthOf(row.text) + lengthOf(row.rest), 0),
  }
}

/** All text of the parts of one type. */
export function joinTexts(parts: readonly MessagePart[], type: 'text' | 'reasoning'): string {
  let joined = ''
  for (const part of parts) if (part.type === type) joined += part.text()
  return joined
}

function lengthOf(text: string | null): number {
  return text?.length ?? 0
}

function fieldsOf(row: PartRow): PythonObject {
  const fields = row.rest === null ? undefined : readPythonJson(row.rest)
  return isPythonObject(fields) ? fields : noFields
}

function textOf(fields: PythonObject, fragments: ReadonlyMap<number, string>): string {
  const text = fields.get('text')
  if (typeof text === 'string') return text
  return piecesOf(fields)
    .map(piece => {
      const literal = piece.get('literal')
      if (typeof literal === 'string') return literal
      return fragments.get(fragmentIdOf(piece)[0] ?? -1) ?? ''
    })
    .join('')
}

/** A text with fragments is a list of pieces, each literal or the id of a fragment. */
function piecesOf(fields: PythonObject): readonly PythonObject[] {
  return listOf(fields.get('text_ref'))
}

function fragmentIdOf(piece: PythonObject): readonly number[] {
  const id = piece.get('fragment')
  return typeof id === 'number' ? [id] : []
}

function attachmentIdsOf(fields: PythonObject): readonly string[] {
  const one = fields.get('attachment')
  const given = isPythonObject(one) ? [one] : listOf(fields.get('attachments'))
  return given.map(reference => reference.get('id')).filter(id => typeof id === 'string')
}

function listOf(value: PythonJson | undefined): readonly PythonObject[] {
  return Array.isArray(value) ? value.filter(isPythonObject) : []
}

async function loadFragments(
  database: Statements,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map()
  const wanted = [JSON.stringify([...new Set(ids)])]
  const rows = await database.all<{ id: number; content: string }>(selectFragments, wanted)
  return new Map(rows.map(({ id, content }) => [id, content]))
}

async function loadAttachments(
  database: Statements,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LoggedAttachment>> {
  if (ids.length === 0) return new Map()
  const wanted = [JSON.stringify([...new Set(ids)])]
  const rows = await database.all<AttachmentRow>(selectAttachments, wanted)
  return new Map(rows.map(row => [row.id, loggedAttachment(row)]))
}
