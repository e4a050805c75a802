import type { JsonSchema } from '../../row/json-schema.js'
import type { MessageHash } from '../llm-log/message-hash.js'
import { schemaContent } from '../llm-log/schema-content.js'
import type { StoredSchema } from './shared-values.js'

/** Schemas as llm stores them. The prompts of a run share one. */
export function storedSchemas(hash: MessageHash | undefined): (schema: JsonSchema) => StoredSchema {
  const known = new WeakMap<JsonSchema, StoredSchema>()
  return schema => {
    const stored = known.get(schema)
    if (stored !== undefined) return stored
    const content = schemaContent(schema)
    const made = { id: hash?.ofSchema(content) ?? '', content }
    known.set(schema, made)
    return made
  }
}
