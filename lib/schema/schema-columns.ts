import type { JsonSchema } from '../row/json-schema.js'

/**
 * The names of a schema's top-level properties, in their order. A schema that refers to one of its
 * own definitions has the properties of that definition.
 *
 * @returns none if the schema names no property.
 */
export function schemaColumns(schema: JsonSchema): readonly string[] {
  return Object.keys(recordOf(definitionOf(schema).properties) ?? {})
}

/** The schema of one object, where a schema is of the form of `schemaOfSeveral`. */
export function schemaOfOne(schema: JsonSchema): JsonSchema | undefined {
  const { properties } = definitionOf(schema)
  const list = recordOf(recordOf(properties)?.items)
  const one = recordOf(list?.items)
  return one && definitionOf({ ...schema, ...one })
}

function definitionOf(schema: JsonSchema): JsonSchema {
  const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(String(schema.$ref))?.[1]
  if (name === undefined) return schema
  const definitions = recordOf(schema.$defs) ?? recordOf(schema.definitions)
  return recordOf(definitions?.[name]) ?? schema
}

function recordOf(value: unknown): JsonSchema | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? (value as JsonSchema) : undefined
}
