import { type BatchError, runError } from '../error/batch-error.js'
import type { JsonSchema } from '../row/json-schema.js'

const types: Readonly<Record<string, string>> = {
  int: 'integer',
  float: 'number',
  bool: 'boolean',
  str: 'string',
}

/**
 * Parses llm's concise schema: fields between commas, or one a line. A field is a name, a type if
 * the field is not a text, and a description after a colon.
 *
 * @throws {BatchError} SCHEMA_INVALID in llm's words; reach run.
 * @see https://llm.datasette.io/en/stable/schemas.html#concise-llm-schema-syntax
 * @example
 *     parseSchemaDsl('name, age int, bio: one short sentence')
 */
export function parseSchemaDsl(text: string): JsonSchema {
  const properties: Record<string, JsonSchema> = Object.create(null)
  for (const field of text.split(text.includes('\n') ? '\n' : ',')) {
    if (field.trim() === '') continue
    const [name, property] = parseField(field)
    if (Object.hasOwn(properties, name)) throw dslInvalid(`duplicate field name '${name}'`)
    properties[name] = property
  }
  return { type: 'object', properties, required: Object.keys(properties) }
}

function parseField(field: string): readonly [name: string, property: JsonSchema] {
  const colon = field.indexOf(':')
  const described = colon === -1 ? field : field.slice(0, colon)
  const description = colon === -1 ? '' : field.slice(colon + 1).trim()
  const [name = '', kind = 'str'] = described.trim().split(/\s+/)
  if (name === '') throw dslInvalid(`field '${field.trim()}' is missing a name before ':'`)
  const type = Object.hasOwn(types, kind) ? types[kind] : undefined
  if (type === undefined) throw dslInvalid(`unknown type '${kind}' for field '${name}'`)
  return [name, description === '' ? { type } : { type, description }]
}

function dslInvalid(reason: string): BatchError {
  return runError(
    'SCHEMA_INVALID',
    `Invalid schema DSL: ${reason}`,
    "Write fields as 'name, age int, bio: one sentence'; types are int, float, bool and str.",
  )
}
