import { type BatchError, runError } from '../../error/batch-error.js'

/** Keywords that do not restrict values. */
const remarks = ['title', 'description', 'default', 'examples', '$schema', '$id', '$comment']
/**
 * The keywords that a grammar of node-llama-cpp 3.22 can enforce, by kind of schema. The library
 * ignores all other keywords without a warning.
 */
const enforcedByKind: Readonly<Record<string, readonly string[]>> = {
  const: ['const', 'type'],
  enum: ['enum', 'type'],
  oneOf: ['oneOf', '$defs'],
  $ref: ['$ref', '$defs'],
  string: ['type', 'minLength', 'maxLength', 'format'],
  number: ['type'],
  integer: ['type'],
  boolean: ['type'],
  null: ['type'],
  object: [
    ...['type', 'properties', 'required', 'additionalProperties', '$defs'],
    ...['minProperties', 'maxProperties'],
  ],
  array: ['type', 'items', 'prefixItems', 'minItems', 'maxItems', '$defs'],
  'several types': ['type'],
}
const simpleTypes = ['string', 'number', 'integer', 'boolean', 'null']
const formats = ['date', 'time', 'date-time']
const bounds = ['Length', 'Items', 'Properties']

type Schema = Readonly<Record<string, unknown>>
interface SchemaPlace {
  readonly path: string
  /** Definitions of the whole schema. */
  readonly definitions: unknown
}

/**
 * Checks that a grammar can enforce the whole JSON schema.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID with the place in the schema; reach run.
 */
export function checkGgufSchema(schema: unknown): void {
  checkSchema(schema, { path: '', definitions: isRecord(schema) ? schema.$defs : undefined })
}

function checkSchema(schema: unknown, place: SchemaPlace): void {
  if (!isRecord(schema)) throw schemaUnfit(place.path, 'is not a schema, {…}')
  const kind = kindOf(schema, place)
  const enforced = enforcedByKind[kind] ?? []
  for (const keyword of Object.keys(schema)) {
    if (remarks.includes(keyword) || enforced.includes(keyword)) continue
    const reason = `is not supported for ${kind}; supported are: ${enforced.join(', ')}`
    throw schemaUnfit(under(place, keyword).path, reason)
  }
  checkValues(schema, place)
  checkBounds(schema, place)
  checkObject(schema, place)
  for (const [path, inner] of innerSchemas(schema, place)) checkSchema(inner, under(place, path))
}

function kindOf(schema: Schema, place: SchemaPlace): string {
  const special = ['const', 'enum', 'oneOf', '$ref'].find(keyword => keyword in schema)
  if (special !== undefined) return special
  const { type } = schema
  if (type === undefined) throw schemaUnfit(place.path, 'has no type')
  const isList = Array.isArray(type) && type.length > 0
  const known = isList ? simpleTypes : [...simpleTypes, 'object', 'array']
  const unknown = (isList ? type : [type]).find(name => !known.includes(name as string))
  if (unknown !== undefined) {
    throw schemaUnfit(
      under(place, 'type').path,
      `is ${JSON.stringify(unknown)}, which is not a type here`,
    )
  }
  return isList ? 'several types' : String(type)
}

function checkValues(schema: Schema, place: SchemaPlace): void {
  const { enum: values, oneOf, const: value, format, $ref, type } = schema
  for (const [keyword, list] of Object.entries({ enum: values, oneOf })) {
    if (keyword in schema && !(Array.isArray(list) && list.length > 0)) {
      throw schemaUnfit(under(place, keyword).path, 'should be a list, […], that is not empty')
    }
  }
  const fixed = 'const' in schema ? [value] : Array.isArray(values) ? values : []
  const misfit = fixed.find(candidate => !isOfType(candidate, type))
  if (misfit !== undefined) {
    throw schemaUnfit(
      place.path,
      `has the value ${JSON.stringify(misfit)}, which is not of its type`,
    )
  }
  if (format !== undefined && !formats.includes(String(format))) {
    const reason = `is ${JSON.stringify(format)}; supported are: ${formats.join(', ')}`
    throw schemaUnfit(under(place, 'format').path, reason)
  }
  if ($ref !== undefined && !isDefined($ref, place)) {
    const reason = `is ${JSON.stringify($ref)}, which is not in the schema's $defs`
    throw schemaUnfit(under(place, '$ref').path, reason)
  }
}

function isOfType(value: unknown, type: unknown): boolean {
  const own = value === null ? 'null' : typeof value
  if (!['string', 'number', 'boolean', 'null'].includes(own)) return false
  const types = type === undefined ? [own] : [type].flat()
  return types.includes(own) || (Number.isInteger(value) && types.includes('integer'))
}

function checkBounds(schema: Schema, place: SchemaPlace): void {
  for (const name of bounds) {
    const [least, most] = [schema[`min${name}`], schema[`max${name}`]]
    for (const bound of [least, most]) {
      if (bound !== undefined && !(Number.isInteger(bound) && Number(bound) >= 0)) {
        throw schemaUnfit(place.path, `has a bound on ${name} that is not a whole number`)
      }
    }
    if (Number(least) > Number(most))
      throw schemaUnfit(place.path, `has min${name} greater than max${name}`)
  }
  if ('format' in schema && ('minLength' in schema || 'maxLength' in schema)) {
    throw schemaUnfit(place.path, 'has both a format and a length; only one is supported')
  }
}

function checkObject(
  { properties, required, minProperties, maxProperties }: Schema,
  place: SchemaPlace,
) {
  if (properties === undefined) return
  if (!isRecord(properties)) {
    throw schemaUnfit(under(place, 'properties').path, 'should be an object, {…}')
  }
  if (minProperties !== undefined || maxProperties !== undefined) {
    throw schemaUnfit(place.path, 'has both properties and a number of properties')
  }
  const missing = [required ?? []].flat().find(name => !Object.hasOwn(properties, String(name)))
  if (missing !== undefined) {
    const reason = `has ${JSON.stringify(missing)}, which is not in properties`
    throw schemaUnfit(under(place, 'required').path, reason)
  }
}

function innerSchemas(schema: Schema, place: SchemaPlace): (readonly [string, unknown])[] {
  const { properties, $defs, oneOf, prefixItems, items, additionalProperties: more } = schema
  const groups = Object.entries({ properties, $defs, oneOf, prefixItems })
  const wrong = groups.find(([, group]) => group !== undefined && typeof group !== 'object')
  if (wrong !== undefined) throw schemaUnfit(under(place, wrong[0]).path, 'should hold schemas')
  return [
    ...groups.flatMap(([name, group]) =>
      Object.entries(group ?? {}).map(([key, inner]) => [`${name}.${key}`, inner] as const),
    ),
    ...(items === undefined ? [] : [['items', items] as const]),
    ...(more === undefined || typeof more === 'boolean'
      ? []
      : [['additionalProperties', more] as const]),
  ]
}

function under({ path, definitions }: SchemaPlace, name: string): SchemaPlace {
  return { path: path === '' ? name : `${path}.${name}`, definitions }
}

function isDefined(reference: unknown, { definitions }: SchemaPlace): boolean {
  const name = /^#\/\$defs\/([^/]+)$/.exec(String(reference))?.[1]
  return name !== undefined && isRecord(definitions) && Object.hasOwn(definitions, name)
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @param reason the rest of the sentence. */
export function schemaUnfit(place: string, reason: string): BatchError {
  return runError(
    'MODEL_OPTION_INVALID',
    `The JSON schema cannot be used: ${place || 'it'} ${reason}`,
    'Use only type, enum, const, oneOf and properties, or leave the schema out.',
  )
}
