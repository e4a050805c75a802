import type { TransportReply } from '../transport/exchange.js'
import type { Endpoint } from './endpoint.js'
import type { ProviderError, Verdict } from './provider-error.js'

/**
 * Judges whether a reply refuses the key, or refuses access although the key is good.
 *
 * @returns undefined if the reply does neither.
 */
export function judgeAccess(
  { status }: TransportReply,
  said: ProviderError,
  endpoint: Endpoint,
): Verdict | undefined {
  if (isKeyRefused(status, said)) {
    return {
      code: 'KEY_INVALID',
      reach: 'run',
      what: `Invalid API key for ${endpoint.providerTitle}`,
      remedy: `Set another key with 'llm keys set ${endpoint.keyName ?? 'NAME'}', or name one with --key.`,
    }
  }
  if (!isAccessRefused(status, said)) return undefined
  const isGateway = said.message === undefined
  const who = isGateway ? `The server at ${new URL(endpoint.baseUrl).host}` : endpoint.providerTitle
  return {
    code: 'ACCESS_REFUSED',
    reach: 'run',
    what: `${who} refused access`,
    remedy: accessRemedy(said, endpoint),
  }
}

/** `invalid_api_key` (OpenAI), `wrong_api_key` (Cerebras), `authentication_error` (Anthropic). */
const wrongKeyWords =
  /(invalid|wrong|expired|incorrect)_api_key|api_key_(invalid|expired)|authenticat/
/** Google and xAI refuse keys with a 400 or a 403. Only the words give the reason. */
const wrongKeyMessage =
  /\b((incorrect|invalid|wrong|expired|missing) api[ _-]?key|unregistered callers)\b/i
const keyNamed = /\bapi[ _-]?key\b/gi
const wrong =
  /\b(not valid|invalid|incorrect|expired|blocked|disabled|revoked|leaked|suspended|missing)\b/i
/** After the name of a key, so many characters are searched for `wrong`. */
const sentenceLength = 100

const place = /\b(country|region|territory|location)\b/i
const unserved = /\bnot (supported|available)\b/i

/** Whether a 400 or a 403 refuses the key, not the request. */
function isKeyRefused(status: number, { words, message = '', details }: ProviderError): boolean {
  if (status === 401) return true
  if (status !== 400 && status !== 403) return false
  if (/API_KEY_INVALID/.test(details) || wrongKeyWords.test(words)) return true
  return wrongKeyMessage.test(message) || isWrongKeyNamed(message)
}

function isWrongKeyNamed(message: string): boolean {
  for (const { index } of message.matchAll(keyNamed)) {
    if (wrong.test(message.slice(index, index + sentenceLength))) return true
  }
  return false
}

/**
 * Whether the server would refuse every request. (Together also sends a 403 for a prompt that is
 * too long.)
 */
function isAccessRefused(status: number, { message = '', words }: ProviderError): boolean {
  if (status === 400) return /^User location is not supported/i.test(message)
  return status === 403 && !/max_tokens|max_new_tokens|context[_ ]length/i.test(message + words)
}

function accessRemedy({ words, message }: ProviderError, endpoint: Endpoint): string {
  const { modelName, providerTitle } = endpoint
  if (message === undefined) {
    return 'A gateway, proxy or firewall seems to be in the way: check the network, the base URL and HTTPS_PROXY.'
  }
  const isUnserved = place.test(message) && unserved.test(message)
  if (isUnserved || words.includes('unsupported_country')) {
    return `${providerTitle} does not serve your country or region: name another model with --model.`
  }
  if (/\bmodels?\b|model_not_found/i.test(`${message} ${words}`)) {
    return `Check that the key's project may use ${modelName}; 'llm models' lists others.`
  }
  return `Check at ${providerTitle} what the key and its project may do, or name another key with --key.`
}
