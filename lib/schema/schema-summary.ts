import type { PythonJson, PythonObject } from '../row/python/python-json.js'

/** The names of a schema's properties, as llm shows them: `{name, items: [{a, b}]}`. */
export function schemaSummary(schema: PythonJson | undefined): string {
  if (!(schema instanceof Map)) return ''
  const type = (schema as PythonObject).get('type')
  if (type === 'array') return schemaSummary(schema.get('items'))
  if (type !== 'object') return ''
  const properties = (schema as PythonObject).get('properties')
  if (!(properties instanceof Map)) return '{}'
  const names = [...(properties as PythonObject)].map(([name, property]) => {
    const kind = property instanceof Map ? (property as PythonObject).get('type') : undefined
    if (kind === 'array') {
      return `${name}: [${schemaSummary((property as PythonObject).get('items'))}]`
    }
    return kind === 'object' ? `${name}: ${schemaSummary(property)}` : name
  })
  return `{${names.join(', ')}}`
}
