import { hash } from 'node:crypto'
import type { Attachment } from '../row/attachment.js'
import { stringifyJson } from '../row/exact-json.js'
import type { JsonSchema } from '../row/json-schema.js'
import type { ModelOptions, WholeRequest } from '../row/prompt.js'
import type { ColumnValue } from '../row/row.js'
import type { ToolSpec } from '../row/tool-call.js'

/** What is the same for all prompts of a run. */
export interface PromptHashOptions {
  readonly model: string
  readonly options: ModelOptions
  readonly schema?: JsonSchema | undefined
  readonly tools?: readonly ToolSpec[] | undefined
}

/** Returns the SHA-256, in hex, of all that an answer depends on. */
export interface PromptHash {
  /** @param text what the model gets, fragments included. */
  readonly ofText: (
    text: string,
    system: string | undefined,
    attachments?: readonly Pick<Attachment, 'id' | 'type'>[],
  ) => string
  /** @param messages the row's messages as the row gives them. */
  readonly ofMessages: (messages: ColumnValue, system: string | undefined) => string
  readonly ofRequest: (request: WholeRequest) => string
}

/**
 * Hashes all that an answer depends on, as JSON with sorted keys. The constant part is written
 * once.
 *
 * Recorded answers are found by this hash, in old databases too, so the hash must never change. A
 * later addition to prompts becomes a new key, which is left out if absent.
 */
export function promptHash({ model, options, schema, tools }: PromptHashOptions): PromptHash {
  const offered = tools && offeredTools(tools)
  const constant = canonicalJson({ model, options, schema, tools: offered }).slice(0, -1)
  return {
    ofText(text, system, attachments) {
      const asked = `"text":${JSON.stringify(text)}}`
      const said = attachmentsMember(attachments) + systemMember(system)
      return hash('sha256', `${constant},${said}${asked}`)
    },
    ofMessages(messages, system) {
      const asked = `"messages":${stringifyJson(sorted(messages))}}`
      return hash('sha256', `${constant},${systemMember(system)}${asked}`)
    },
    ofRequest({ endpoint, body }) {
      const asked = `"request":${stringifyJson(sorted({ endpoint, body }))}}`
      return hash('sha256', `${constant},${asked}`)
    },
  }
}

/** What a model is told of its tools, in an order that the caller's does not change. */
export function offeredTools(tools: readonly ToolSpec[]) {
  return tools
    .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function attachmentsMember(
  attachments: readonly Pick<Attachment, 'id' | 'type'>[] | undefined,
): string {
  if (attachments === undefined) return ''
  return `"attachments":${JSON.stringify(attachments.map(({ id, type }) => ({ id, type })))},`
}

function systemMember(system: string | undefined): string {
  return system === undefined ? '' : `"system":${JSON.stringify(system)},`
}

/**
 * JSON without white space and with sorted keys, so equal values give equal texts. Absent values
 * are left out.
 */
function canonicalJson(value: unknown): string {
  return stringifyJson(sorted(value as ColumnValue))
}

function sorted(value: ColumnValue): ColumnValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
