import { runError } from '../../error/batch-error.js'
import type { ModelReference, Wire } from './model-reference.js'

/** Why a wire has no place for tools. */
const withoutTools: Partial<Record<Wire, string>> = {
  'openai-completion': 'the old completions endpoint has none',
  gguf: 'models in files are asked for text alone',
  echo: 'it repeats the prompt',
}

/**
 * Whether a model calls tools is known of some. Of the others, the server says so at the first
 * call.
 *
 * @throws {BatchError} MODEL_UNUSABLE, reach run.
 */
export function checkTools({ id, wire }: Pick<ModelReference, 'id' | 'wire'>): void {
  const reason = withoutTools[wire]
  if (reason === undefined) return
  throw runError(
    'MODEL_UNUSABLE',
    `${id} cannot call tools: ${reason}`,
    "Leave out the tools, or use another model: 'llm models --tools' lists some.",
  )
}
