import type { CallContext } from './call-context.js'
import type { ProviderError } from './provider-error.js'
import type { RefusedReply, Verdict } from './refused-reply.js'

/** `invalid_api_key` (OpenAI), `wrong_api_key` (Cerebras), `authentication_error` (Anthropic). */
const wrongKeyWords =
  /(invalid|wrong|expired|incorrect)_api_key|api_key_(invalid|expired)|authenticat/
/** Google and xAI refuse keys with a 400 or a 403. Only the words give the reason. */
const wrongKeyMessage =
  /\b((incorrect|invalid|wrong|expired|missing) api[ _-]?key|unregistered callers)\b/i
const keyNamed = /\bapi[ _-]?key\b/gi
const wrong =
  /\b(not valid|invalid|incorrect|expired|blocked|disabled|revoked|leaked|suspended|missing)\b/i
/** Characters between the key and the refusal in one sentence. */
const sentence = 100

const place = /\b(country|region|territory|location)\b/i
const unserved = /\bnot (supported|available)\b/i

/** Whether a 400 or a 403 refuses the key, not the request. */
export function isKeyRefused({ status }: RefusedReply, said: ProviderError): boolean {
  if (status === 401) return true
  if (status !== 400 && status !== 403) return false
  const { words, message = '', details } = said
  if (/API_KEY_INVALID/.test(details) || wrongKeyWords.test(words)) return true
  return wrongKeyMessage.test(message) || isWrongKeyNamed(message)
}

function isWrongKeyNamed(message: string): boolean {
  for (const { index } of message.matchAll(keyNamed)) {
    if (wrong.test(message.slice(index, index + sentence))) return true
  }
  return false
}

export function keyInvalid({ providerTitle, keyName }: CallContext): Verdict {
  return {
    code: 'KEY_INVALID',
    reach: 'run',
    what: `Invalid API key for ${providerTitle}`,
    remedy: `Set another key with 'llm keys set ${keyName ?? 'NAME'}', or name one with --key.`,
  }
}

/**
 * Whether the server would refuse every request. (Together also sends a 403 for a prompt that is
 * too long.)
 */
export function isAccessRefused(
  { status }: RefusedReply,
  { message = '', words }: ProviderError,
): boolean {
  if (status === 400) return /^User location is not supported/i.test(message)
  return status === 403 && !/max_tokens|max_new_tokens|context[_ ]length/i.test(message + words)
}

/**
 * The server knows the user and refuses access: because of permissions, the region, or a gateway.
 */
export function accessRefused(said: ProviderError, context: CallContext): Verdict {
  const { providerTitle, baseUrl } = context
  const isGateway = said.message === undefined
  return {
    code: 'ACCESS_REFUSED',
    reach: 'run',
    what: `${isGateway ? `The server at ${new URL(baseUrl).host}` : providerTitle} refused access`,
    remedy: remedyFor(said, context),
  }
}

function remedyFor({ words, message }: ProviderError, context: CallContext): string {
  const { modelName, providerTitle } = context
  if (message === undefined) {
    return 'A gateway, proxy or firewall seems to stand before it: check the network, the base URL and HTTPS_PROXY.'
  }
  const isUnserved = place.test(message) && unserved.test(message)
  if (isUnserved || words.includes('unsupported_country')) {
    return `${providerTitle} does not serve the place from which you ask: name another model with --model.`
  }
  if (/\bmodels?\b|model_not_found/i.test(`${message} ${words}`)) {
    return `Check that the key's project may use ${modelName}; 'llm models' lists others.`
  }
  return `Check at ${providerTitle} what the key and its project may do, or name another key with --key.`
}
