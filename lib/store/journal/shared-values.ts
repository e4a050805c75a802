import type { Attachment } from '../../row/attachment.js'
import type { Fragment } from '../../row/prompt.js'
import { wellFormedJson } from '../database/well-formed-json.js'
import type { StoredTool } from '../llm-log/stored-tool.js'

/**
 * A text that many entries share and refer to by hash: a fragment, a system message, a schema. An
 * attachment's path and type are such a value too, and a tool.
 */
export interface SharedValue {
  readonly hash: string
  /** JSON of the kind, the hash, the content, and the source of a fragment. */
  readonly json: string
}

/** What the entry of a prompt shares with others. */
export interface SharedParts {
  readonly fragments: readonly Fragment[]
  readonly systemFragments: readonly Fragment[]
  readonly system: string
  /** Absent for an empty system message. */
  readonly systemHash: string | undefined
  readonly schema: StoredSchema | undefined
  /** Absent if there are none. */
  readonly attachments?: readonly Attachment[] | undefined
  /** Absent if there are none. */
  readonly tools?: readonly StoredTool[] | undefined
}

/** A schema as llm stores it. */
export interface StoredSchema {
  readonly id: string
  readonly content: string
}

/**
 * Returns the shared values of a prompt's entry; the same array for prompts with the same values.
 */
export function sharedValues(): (parts: SharedParts) => readonly SharedValue[] {
  let last: SharedParts | undefined
  let values: readonly SharedValue[] = []
  return parts => {
    const isSame =
      last !== undefined &&
      last.system === parts.system &&
      last.schema === parts.schema &&
      last.attachments === parts.attachments &&
      last.tools === parts.tools &&
      areSame(last.fragments, parts.fragments) &&
      areSame(last.systemFragments, parts.systemFragments)
    if (!isSame) {
      last = parts
      values = valuesOf(parts)
    }
    return values
  }
}

/** All prompts of a run share their arrays of fragments. */
function areSame(one: readonly Fragment[], other: readonly Fragment[]): boolean {
  return one === other || (one.length === 0 && other.length === 0)
}

function valuesOf(parts: SharedParts): readonly SharedValue[] {
  const {
    fragments,
    systemFragments,
    systemHash,
    system,
    schema,
    attachments = [],
    tools = [],
  } = parts
  return [
    ...[...fragments, ...systemFragments].map(({ hash, content, source }) =>
      sharedValue('fragment', hash, [content, source ?? null]),
    ),
    ...(systemHash === undefined ? [] : [sharedValue('system', systemHash, [system, null])]),
    ...(schema === undefined ? [] : [sharedValue('schema', schema.id, [schema.content, null])]),
    ...attachments.map(attachmentValue),
    ...tools.map(toolValue),
  ]
}

function sharedValue(
  kind: 'fragment' | 'system' | 'schema' | 'attachment' | 'tool',
  hash: string,
  rest: readonly (string | null)[],
): SharedValue {
  return { hash, json: wellFormedJson([kind, hash, ...rest]) }
}

/** A fragment may have the same SHA-256 as the file, so the hash here is another. */
function attachmentValue({ id, type, path, url }: Attachment): SharedValue {
  const content = JSON.stringify({ id, type, path, url })
  return sharedValue('attachment', `attachment ${id}`, [content, null])
}

/** A fragment with the text that gives a tool its hash has the same hash. */
function toolValue(tool: StoredTool): SharedValue {
  return sharedValue('tool', `tool ${tool.hash}`, [JSON.stringify(tool), null])
}

/** Whether a shared value is a tool, and so the prompts of its entries have tools. */
export function isToolJson(json: string): boolean {
  return json.startsWith('["tool"')
}
