import { validateHeaderName, validateHeaderValue } from 'node:http'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { ModelReference } from '../catalog/model-reference.js'

/** The transport's own. */
const reserved = /^(connection|content-length|expect|keep-alive|transfer-encoding|upgrade)$/i

/**
 * Looks at the headers that the user has set for a model before anything is sent: undici refuses a
 * bad one at each call, and never again uses a socket that it would have gone to.
 *
 * @throws {BatchError} CONFIG_INVALID, reach run, without the value: it may be a key.
 */
export function checkHeaders({
  headers,
  providerTitle,
}: Pick<ModelReference, 'headers' | 'providerTitle'>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!canBeSent(name, value)) throw headerInvalid(name, providerTitle)
  }
}

function canBeSent(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return !reserved.test(name)
  } catch {
    return false
  }
}

function headerInvalid(name: string, providerTitle: string): BatchError {
  return runError(
    'CONFIG_INVALID',
    `The header ${JSON.stringify(name)} for ${providerTitle} cannot be sent`,
    'Correct it in extra-openai-models.yaml.',
  )
}
