import { readFile } from 'node:fs/promises'
import { type BatchError, runError } from '../error/batch-error.js'
import type { SchemaStore } from '../port/schema-store.js'
import type { JsonSchema } from '../row/json-schema.js'
import { parseSchemaDsl } from '../schema/parse-schema-dsl.js'
import { findSavedTemplate } from './find-saved-template.js'
import { isRecord } from './home-file.js'

export interface FindSchemaOptions {
  /** llm's folder, with the saved templates. */
  readonly folder: string
  readonly store: SchemaStore
}

/**
 * Finds what `--schema` names, in llm's order: `t:NAME` for the schema of a saved template, JSON,
 * the concise syntax (a text with a blank or a comma), a file, the id of a stored schema.
 *
 * @throws {BatchError} SCHEMA_INVALID for a text that is none of these, or is not an object of
 * JSON; reach run.
 */
export async function findSchema(
  given: string,
  { folder, store }: FindSchemaOptions,
): Promise<JsonSchema> {
  const text = given.trim()
  if (text.startsWith('t:')) return schemaOfTemplate(folder, text.slice(2))
  if (text.startsWith('{')) return parseSchema(text, 'The schema')
  if (/[ ,]/.test(text)) return parseSchemaDsl(text)
  const file = await readFile(text, 'utf8').catch(() => undefined)
  if (file !== undefined) return parseSchema(file, `The schema in ${text}`)
  const stored = await store.findSchema(text)
  if (stored !== undefined) return parseSchema(stored, `The stored schema ${text}`)
  throw schemaUnknown(text)
}

async function schemaOfTemplate(folder: string, name: string): Promise<JsonSchema> {
  const saved = await findSavedTemplate(folder, name)
  if (saved?.schema !== undefined) return saved.schema
  const what =
    saved === undefined ? `Template not found: ${name}` : `The template ${name} has no schema`
  throw runError('SCHEMA_INVALID', what, 'Name a template with a schema_object.')
}

function parseSchema(text: string, what: string): JsonSchema {
  let schema: unknown
  try {
    schema = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw runError(
      'SCHEMA_INVALID',
      `${what} is not JSON: ${(cause as Error).message}`,
      undefined,
      cause,
    )
  }
  if (isRecord(schema)) return schema
  throw runError('SCHEMA_INVALID', `${what} is not an object: {"type": "object", …}`)
}

function schemaUnknown(text: string): BatchError {
  return runError(
    'SCHEMA_INVALID',
    `Invalid schema: ${text}`,
    "Write 'name, age int', JSON, the path of a JSON file, t:TEMPLATE, or an id that `llm schemas` lists.",
  )
}
