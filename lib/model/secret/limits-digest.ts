import { createHmac } from 'node:crypto'

export interface LimitedCalls {
  readonly baseUrl: string
  /** The model's name at the server. */
  readonly model: string
  readonly key: string | undefined
}

/**
 * Tells apart what has limits of its own: a model at a server under a key. The key is the secret of
 * the digest, so the digest may be stored and shown.
 */
export function limitsDigest({ baseUrl, model, key = '' }: LimitedCalls): string {
  const digest = createHmac('sha256', key)
    .update(JSON.stringify([baseUrl, model]))
    .digest('hex')
  return `${model} ${digest.slice(0, 24)}`
}
