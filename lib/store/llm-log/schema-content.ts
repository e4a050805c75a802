import type { JsonSchema } from '../../row/json-schema.js'

/**
 * The text of a schema as llm stores it, and hashes it to the id: keys in their order, no blanks,
 * and all characters outside of printable ASCII escaped.
 */
export function schemaContent(schema: JsonSchema): string {
  return JSON.stringify(schema).replace(
    /[\u007f-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
