import { validateHeaderName, validateHeaderValue } from 'node:http'
import { runError } from '../../error/batch-error.js'
import type { ModelReference } from '../catalog/model-reference.js'

/** Headers of the transport. */
const reserved = /^(connection|content-length|expect|keep-alive|transfer-encoding|upgrade)$/i

/**
 * Checks the user's headers for a model before anything is sent. undici would refuse a bad header
 * at each call, and drop the socket.
 *
 * @throws {BatchError} CONFIG_INVALID, reach run, without the value, which may be a key.
 */
export function checkHeaders({
  headers,
  providerTitle,
}: Pick<ModelReference, 'headers' | 'providerTitle'>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (canBeSent(name, value)) continue
    throw runError(
      'CONFIG_INVALID',
      `The header ${JSON.stringify(name)} for ${providerTitle} cannot be sent`,
      'Correct the header in extra-openai-models.yaml.',
    )
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
