import type { JsonSchema } from '../row/json-schema.js'
import { toolError } from './result/failed-result.js'

/** How a tool of a user's says which arguments it takes. */
export interface InputSchema {
  readonly schema: JsonSchema
  /**
   * Gives what the tool gets: a library's schema may fill in defaults. Rejects if the arguments do
   * not fit.
   */
  readonly check: (input: unknown) => Promise<unknown>
}

/** The part of the Standard Schema interface that we use (standardschema.dev). */
interface StandardSchema {
  readonly '~standard': {
    readonly vendor?: unknown
    readonly validate: (input: unknown) => StandardResult | Promise<StandardResult>
    readonly jsonSchema?: { readonly input: (options: { target: string }) => JsonSchema }
  }
}

type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** What `jsonSchema()` of the AI SDK makes. */
interface AiSdkSchema {
  readonly jsonSchema: JsonSchema | Promise<JsonSchema>
  readonly validate?: (input: unknown) => AiSdkResult | Promise<AiSdkResult>
}

type AiSdkResult =
  | { readonly success: true; readonly value: unknown }
  | { readonly success: false; readonly error: Error }

const aiSdkMark = Symbol.for('vercel.ai.schema')

/**
 * Reads a schema: a JSON Schema, anything with the Standard Schema interface (zod 4 among them), or
 * a schema of the AI SDK.
 *
 * @throws {Error} if it is none of them, or has no JSON Schema that the model could be told.
 */
export async function readInputSchema(value: unknown): Promise<InputSchema> {
  if (isStandardSchema(value)) {
    return {
      schema: withoutDialect(await jsonSchemaOf(value)),
      check: input => checkStandard(value, input),
    }
  }
  if (isAiSdkSchema(value)) {
    return {
      schema: withoutDialect(await value.jsonSchema),
      check: input => checkAiSdk(value, input),
    }
  }
  // The AI SDK makes some schemas only when they are wanted.
  if (typeof value === 'function') return readInputSchema(value())
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(value === undefined ? 'it has none' : 'it is not an object')
  }
  return { schema: withoutDialect(value as JsonSchema), check: async input => input }
}

async function jsonSchemaOf(value: StandardSchema): Promise<JsonSchema> {
  const { jsonSchema, vendor } = value['~standard']
  if (jsonSchema !== undefined) return jsonSchema.input({ target: 'draft-2020-12' })
  if ('_zod' in value) {
    const { toJSONSchema } = await import('zod')
    return toJSONSchema(value as never, { io: 'input' }) as JsonSchema
  }
  throw new Error(`this version of ${vendor} does not give its JSON Schema`)
}

async function checkStandard(schema: StandardSchema, input: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(input)
  if (result.issues === undefined) return result.value
  throw unfit(result.issues.map(({ message, path }) => `${placeText(path)}${message}`).join('; '))
}

async function checkAiSdk({ validate }: AiSdkSchema, input: unknown): Promise<unknown> {
  const result = await validate?.(input)
  if (result === undefined) return input
  if (result.success) return result.value
  throw unfit(result.error.message)
}

function placeText(path: StandardIssue['path'] = []): string {
  if (path.length === 0) return ''
  const keys = path.map(part => String(typeof part === 'object' ? part.key : part))
  return `${keys.join('.')}: `
}

function unfit(fault: string): Error {
  return toolError('TypeError', `the arguments do not fit: ${fault}`)
}

/** The model needs no dialect, and some providers refuse it. */
function withoutDialect({ $schema: _dialect, ...schema }: JsonSchema): JsonSchema {
  return schema
}

/** A schema of arktype is a function. */
function isStandardSchema(value: unknown): value is StandardSchema {
  const isThing = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return isThing && typeof (value as Partial<StandardSchema>)['~standard'] === 'object'
}

function isAiSdkSchema(value: unknown): value is AiSdkSchema {
  return typeof value === 'object' && value !== null && aiSdkMark in value
}
