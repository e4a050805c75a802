import type { LoggedTool } from '../../port/llm-log.js'
import {
  isPythonFloat,
  isPythonObject,
  type PythonJson,
  type PythonObject,
  readPythonJson,
} from '../../row/python/python-json.js'
import { pythonJsonText } from '../../row/python/python-json-text.js'
import type { Statements } from '../database/database.js'
import { isCondensed } from './expand-reply.js'
import type { CallLinks } from './message-chains.js'
import type { MessagePart } from './message-parts.js'

/** What a condensed reply may refer to. */
export interface ReplyNotes {
  readonly messages: readonly { readonly hash: string; readonly parts: readonly MessagePart[] }[]
  readonly tools: readonly LoggedTool[]
  readonly schemaJson: string | undefined
}

const selectMetadata = `
  SELECT messages.hash, messages.provider_metadata AS metadata
  FROM json_each(?) AS wanted CROSS JOIN messages ON messages.hash = wanted.value
  WHERE messages.provider_metadata IS NOT NULL`

/**
 * Loads what only condensed replies need. The result gives, for a call, all that its reply may
 * refer to; undefined if its reply refers to nothing.
 */
export async function loadReplyNotes(
  database: Statements,
  rows: readonly { readonly id: string; readonly response_json: string | null }[],
  messages: ReadonlyMap<string, CallLinks>,
): Promise<(id: string, notes: ReplyNotes) => PythonObject | undefined> {
  const condensed = new Set(
    rows.filter(({ response_json }) => isCondensed(response_json)).map(({ id }) => id),
  )
  const hashes = [...condensed].flatMap(id => messages.get(id)?.answered.map(({ hash }) => hash))
  const found =
    condensed.size === 0
      ? []
      : await database.all<{ hash: string; metadata: string }>(selectMetadata, [
          JSON.stringify(hashes),
        ])
  const metadata = new Map(found.map(row => [row.hash, readPythonJson(row.metadata) ?? null]))
  return (id, notes) => (condensed.has(id) ? replyParts(notes, metadata) : undefined)
}

/**
 * All that a condensed reply may refer to, by llm's keys: `0.1.text` is the text of the second part
 * of the first message of the answer; `args` are the arguments of a tool as compact JSON, `args2`
 * as JSON with spaces, `argsv` as a value; `pm` is what the provider wants back.
 *
 * llm leaves short ones out. Nothing refers to those, so they do no harm here.
 */
function replyParts(
  { messages, tools, schemaJson }: ReplyNotes,
  metadata: ReadonlyMap<string, PythonJson>,
): PythonObject {
  const found = new Map<string, PythonJson>()
  for (const [index, { hash, parts }] of messages.entries()) {
    for (const [position, part] of parts.entries()) {
      const key = `${index}.${position}`
      if (part.type === 'text' || part.type === 'reasoning') found.set(`${key}.text`, part.text())
      addField(`${key}.output`, part.fields.get('output'))
      const given = part.fields.get('arguments')
      if (given !== undefined) {
        found.set(`${key}.args`, pythonJsonText(given, 'compact'))
        found.set(`${key}.args2`, pythonJsonText(given))
        found.set(`${key}.argsv`, given)
      }
      addAll(`${key}.pm`, part.fields.get('provider_metadata'))
    }
    addAll(`${index}.pm`, metadata.get(hash))
  }
  for (const { name, description } of tools) addField(`tool.${name}.description`, description)
  if (schemaJson !== undefined) addField('schema', readPythonJson(schemaJson))
  return found

  function addField(key: string, value: PythonJson | undefined): void {
    if (value !== undefined) found.set(key, value)
  }

  /** Adds a value, and under longer keys everything in the value. */
  function addAll(key: string, value: PythonJson | undefined): void {
    if (value === undefined || value === null || typeof value === 'number') return
    addField(key, value)
    if (isPythonObject(value)) {
      for (const [name, member] of value) addAll(`${key}.${name}`, member)
    } else if (typeof value === 'object' && !isPythonFloat(value)) {
      for (const [index, element] of value.entries()) addAll(`${key}.${index}`, element)
    }
  }
}
