import { type BatchError, runError } from '../../error/batch-error.js'
import type { ModelReference } from './model-reference.js'

/**
 * The old completions endpoint has no place for a system prompt, and llm refuses one there as well.
 * An empty one is none.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID, reach run.
 */
export function checkSystem(
  { id, wire }: Pick<ModelReference, 'id' | 'wire'>,
  system: string | undefined,
): void {
  if (wire === 'openai-completion' && system) throw systemUnsupported(id)
}

function systemUnsupported(modelId: string): BatchError {
  return runError(
    'MODEL_OPTION_INVALID',
    `${modelId} takes no system prompt: it is a model of the old completions endpoint`,
    'Put its text into the template, or use a chat model.',
  )
}
