import { BatchError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'

/** What a grammar of node-llama-cpp 3.22 keeps a model to; it leaves out all else without a word. */
const kept = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'minProperties',
  'maxProperties',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'format',
  'enum',
  'const',
  'oneOf',
  '$ref',
  '$defs',
]
/** What says nothing about what is valid. */
const remarks = ['title', 'description', 'default', 'examples', '$schema', '$id', '$comment']
const types = ['string', 'number', 'integer', 'boolean', 'null', 'object', 'array']
const formats = ['date', 'time', 'date-time']
/** Of these each value is a schema, by name or in a list. */
const schemaMaps = ['properties', '$defs']
const schemaLists = ['oneOf', 'prefixItems']
const schemas = ['items', 'additionalProperties']

/**
 * Whether a JSON schema says only what a grammar can hold a model to.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID naming the place; reach run.
 */
export function checkGgufSchema(schema: unknown, defined: unknown = schema, path = ''): void {
  if (!isRecord(schema)) throw schemaUnfit(path, 'is no schema, {…}')
  for (const [keyword, value] of Object.entries(schema)) {
    const place = path === '' ? keyword : `${path}.${keyword}`
    if (schemaMaps.includes(keyword)) checkAll(Object.entries(value ?? {}), defined, place)
    else if (schemaLists.includes(keyword)) checkAll(Object.entries(value ?? []), defined, place)
    else if (schemas.includes(keyword) && typeof value !== 'boolean') {
      checkGgufSchema(value, defined, place)
    } else checkKeyword(keyword, { value, place, defined })
  }
  if (!['type', 'enum', 'const', 'oneOf', '$ref'].some(keyword => keyword in schema)) {
    throw schemaUnfit(path, 'names no type')
  }
}

function checkAll(
  entries: readonly (readonly [string, unknown])[],
  defined: unknown,
  path: string,
): void {
  for (const [name, schema] of entries) checkGgufSchema(schema, defined, `${path}.${name}`)
}

interface Keyword {
  readonly value: unknown
  readonly place: string
  readonly defined: unknown
}

function checkKeyword(keyword: string, { value, place, defined }: Keyword): void {
  if (remarks.includes(keyword)) return
  if (!kept.includes(keyword)) {
    const [near] = nearest(keyword, kept, 1)
    throw schemaUnfit(place, 'is nothing that a grammar can keep a model to', near)
  }
  if (keyword === 'type') {
    const unknown = [value].flat().find(one => !types.includes(String(one)))
    if (unknown !== undefined) throw schemaUnfit(place, `is ${JSON.stringify(unknown)}, no type`)
  }
  if (keyword === 'format' && !formats.includes(String(value))) {
    throw schemaUnfit(place, `is ${JSON.stringify(value)}; a grammar knows ${formats.join(', ')}`)
  }
  if (keyword === '$ref' && !isDefined(value, defined)) {
    throw schemaUnfit(place, `is ${JSON.stringify(value)}, which is not among the schema's $defs`)
  }
}

function isDefined(reference: unknown, defined: unknown): boolean {
  const name = /^#\/\$defs\/([^/]+)$/.exec(String(reference))?.[1]
  const definitions = isRecord(defined) ? defined.$defs : undefined
  return name !== undefined && isRecord(definitions) && Object.hasOwn(definitions, name)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function schemaUnfit(place: string, reason: string, near?: string): BatchError {
  const hint = near === undefined ? '' : `Did you mean ${near}? `
  return new BatchError(`The JSON schema cannot be used: ${place || 'it'} ${reason}`, {
    code: 'MODEL_OPTION_INVALID',
    reach: 'run',
    remedy: `${hint}Leave out what is not among: ${kept.join(', ')}.`,
  })
}
