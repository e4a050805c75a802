import type { JsonSchema } from '../row/json-schema.js'

/** The schema of `{ items: [...] }`, for answers with several objects (llm's `--schema-multi`). */
export function schemaOfSeveral(schema: JsonSchema): JsonSchema {
  const items = { type: 'array', items: schema }
  return { type: 'object', properties: { items }, required: ['items'] }
}
