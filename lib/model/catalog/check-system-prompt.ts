import { runError } from '../../error/batch-error.js'
import type { ModelReference } from './model-reference.js'

/**
 * The old completions endpoint takes no system prompt, and llm refuses one too. An empty system
 * prompt is allowed.
 *
 * @throws {BatchError} MODEL_OPTION_INVALID, reach run.
 */
export function checkSystemPrompt(
  { id, wire }: Pick<ModelReference, 'id' | 'wire'>,
  system: string | undefined,
): void {
  if (wire !== 'openai-completion' || !system) return
  throw runError(
    'MODEL_OPTION_INVALID',
    `${id} takes no system prompt: the old completions endpoint has none`,
    'Put the text into the template, or use a chat model.',
  )
}
