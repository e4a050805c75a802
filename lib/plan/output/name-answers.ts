import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { JsonSchema } from '../../row/json-schema.js'
import { schemaColumns, schemaOfOne } from '../../schema/schema-columns.js'
import type { AnswerNaming } from '../../sink/document/outcome-columns.js'

/**
 * The columns of the answers.
 *
 * @param schema the form of the answers; absent for texts.
 * @throws {BatchError} OPTIONS_INVALID if a row for each item is asked for, and answers have none;
 * reach run.
 */
export function nameAnswers(
  given: Pick<ResolvedBatchOptions, 'responseColumn' | 'usageColumns' | 'errorColumn' | 'explode'>,
  schema: JsonSchema | undefined,
): AnswerNaming {
  const { usageColumns, errorColumn, explode: isExploded } = given
  const responseColumn = given.responseColumn ?? 'response'
  const naming = { responseColumn, usageColumns, errorColumn }
  const written = isExploded ? schema && schemaOfOne(schema) : schema
  if (written === undefined) {
    if (isExploded) throw explodeNeedsSeveral()
    return naming
  }
  const properties = schemaColumns(written)
  const hasResponse = given.responseColumn !== undefined
  return { ...naming, shape: { properties, hasResponse, isExploded } }
}

function explodeNeedsSeveral(): BatchError {
  return runError(
    'OPTIONS_INVALID',
    '--explode needs answers with several objects',
    'Give the form of one object with --schema-multi, or leave out --explode.',
  )
}
