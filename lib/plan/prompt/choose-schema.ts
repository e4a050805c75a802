import type { AnswerFormOptions } from '../../call/answer-form.js'
import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { runError } from '../../error/batch-error.js'
import type { SavedTemplate } from '../../home/find-saved-template.js'
import { findSchema } from '../../home/find-schema.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import { takesSchemaWithTools } from '../../model/catalog/schema-with-tools.js'
import type { Clock } from '../../port/clock.js'
import type { JsonSchema } from '../../row/json-schema.js'
import { compileSchema } from '../../schema/compile-schema.js'
import { schemaOfSeveral } from '../../schema/schema-of-several.js'
import { openStoredSchemas } from '../../store/open-stored-schemas.js'

export interface ChooseSchemaOptions {
  /** llm's folder. */
  readonly folder: string
  readonly databasePath: string
  readonly saved: Pick<SavedTemplate, 'schema'> | undefined
  readonly reference: Pick<ModelReference, 'wire' | 'apiName'>
  /** Whether the model may call tools; not if absent. */
  readonly hasTools?: boolean | undefined
  readonly clock: Clock
}

/**
 * The form that answers must have. As in llm, the schema of a saved template comes before
 * `--schema`.
 *
 * @throws {BatchError} SCHEMA_INVALID, OPTIONS_INVALID; reach run.
 */
export async function chooseSchema(
  given: Pick<ResolvedBatchOptions, 'schema' | 'schemaMulti'>,
  options: ChooseSchemaOptions,
): Promise<AnswerFormOptions | undefined> {
  const schema = options.saved?.schema ?? (await givenSchema(given, options))
  if (schema === undefined) return undefined
  const { reference, hasTools = false } = options
  const isWithoutPlace = hasTools && !takesSchemaWithTools(reference)
  const isInText = reference.wire === 'openai-completion' || isWithoutPlace
  return { schema, faultOf: await compileSchema(schema), isInText }
}

async function givenSchema(
  { schema, schemaMulti }: Pick<ResolvedBatchOptions, 'schema' | 'schemaMulti'>,
  options: ChooseSchemaOptions,
): Promise<JsonSchema | undefined> {
  if (schema !== undefined && schemaMulti !== undefined) {
    const what = '--schema and --schema-multi exclude each other'
    throw runError('OPTIONS_INVALID', what, 'Leave one of them out.')
  }
  if (schema !== undefined) return readSchema(schema, options)
  if (schemaMulti === undefined) return undefined
  return schemaOfSeveral(await readSchema(schemaMulti, options))
}

async function readSchema(
  given: string | JsonSchema,
  { folder, databasePath: path, clock }: ChooseSchemaOptions,
): Promise<JsonSchema> {
  if (typeof given !== 'string') return given
  const store = await openStoredSchemas({ path, clock })
  try {
    return await findSchema(given, { folder, store })
  } finally {
    await store.close()
  }
}
