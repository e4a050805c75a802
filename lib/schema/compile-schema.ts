import type { ErrorObject } from 'ajv'
import { type BatchError, runError } from '../error/batch-error.js'
import type { JsonSchema } from '../row/json-schema.js'

/** Says what is wrong with a value, in words for the model and for people; undefined if it fits. */
export type FaultOfValue = (value: unknown) => string | undefined

/** So many faults are named. A model that gets all wrong needs no list of a thousand. */
const namedFaults = 5

/**
 * Compiles a schema to a check of values. Keywords that are not known count as remarks, as most
 * providers take them.
 *
 * @throws {BatchError} SCHEMA_INVALID with the place in the schema; reach run.
 */
export async function compileSchema(schema: JsonSchema): Promise<FaultOfValue> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  // Schemas are trusted to be written by the user, and are compiled once a run.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  const { $schema: _draft, ...rules } = schema
  if (ajv.validateSchema(rules) === false) throw schemaInvalid(faultText(ajv.errors))
  const validate = compiled()
  return value => (validate(value) ? undefined : faultText(validate.errors))

  function compiled() {
    try {
      return ajv.compile(rules)
    } catch (error) {
      throw schemaInvalid((error as Error).message)
    }
  }
}

function faultText(errors: readonly ErrorObject[] | null | undefined): string {
  const faults = (errors ?? []).map(({ instancePath, message = 'is wrong', params }) => {
    const place = instancePath === '' ? 'the value' : instancePath.slice(1).replaceAll('/', '.')
    return `${place} ${message}${allowedText(params)}`
  })
  return [...new Set(faults)].slice(0, namedFaults).join('; ')
}

function allowedText(params: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(params.allowedValues)) return `: ${params.allowedValues.join(', ')}`
  return typeof params.additionalProperty === 'string' ? `: ${params.additionalProperty}` : ''
}

function schemaInvalid(reason: string): BatchError {
  return runError('SCHEMA_INVALID', `The schema is not a JSON Schema: ${reason}`)
}
