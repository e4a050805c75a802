import type { Endpoint } from './endpoint.js'
import type { Refusal, Verdict } from './provider-error.js'

/**
 * Judges whether a reply refuses the key, or refuses access although the key is good.
 *
 * A firewall refuses access to one row, because of its text. A code, or words about a key or a
 * place, are about every row.
 *
 * @returns undefined if the reply does neither.
 */
export function judgeAccess(refusal: Refusal, endpoint: Endpoint): Verdict | undefined {
  const { reply, said } = refusal
  if (isKeyRefused(refusal)) {
    return {
      code: 'KEY_INVALID',
      reach: 'run',
      what: `Invalid API key for ${endpoint.providerTitle}`,
      remedy: `Set another key with 'llm keys set ${endpoint.keyName ?? 'NAME'}', or name one with --key.`,
    }
  }
  if (!isAccessRefused(refusal)) return undefined
  const isGateway = said.message === undefined || said.isBare
  const who = isGateway ? `The server at ${new URL(endpoint.baseUrl).host}` : endpoint.providerTitle
  return {
    code: 'ACCESS_REFUSED',
    reach: 'run',
    mayBeOfRow: reply.status === 403 && !isUnserved(refusal),
    what: `${who} refused access`,
    remedy: accessRemedy(refusal, isGateway, endpoint),
  }
}

/** `invalid_api_key` (OpenAI), `wrong_api_key` (Cerebras), `authentication_error` (Anthropic). */
const wrongKeyWords =
  /(invalid|wrong|expired|incorrect)_api_key|api_key_(invalid|expired)|authenticat/
/** Google and xAI refuse keys with a 400 or a 403. Only the words give the reason. */
const wrongKeyMessage = /\b(incorrect|invalid|wrong|expired|missing) api[ _-]?key\b/gi
const keyNamed = /\bapi[ _-]?key\b/gi
const wrong =
  /\b(not valid|invalid|incorrect|expired|blocked|disabled|revoked|leaked|suspended|missing)\b/i
/** After the name of a key, so many characters are searched for `wrong`. */
const sentenceLength = 100

const place = /\b(country|region|territory|location)\b/gi
const notServed = /\bnot (supported|available)\b/gi

/** Whether a 400 or a 403 refuses the key, not the request. */
function isKeyRefused({ reply, said, says }: Refusal): boolean {
  const { status } = reply
  const { words, details } = said
  if (status === 401) return true
  if (status !== 400 && status !== 403) return false
  if (/API_KEY_INVALID/.test(details) || wrongKeyWords.test(words)) return true
  if (says(/\bunregistered callers\b/gi)) return true
  // A refusal may quote a row about keys, with words of its own around the quotation.
  return says(keyNamed) && (says(wrongKeyMessage) || isWrongKeyNamed(said.message ?? ''))
}

function isWrongKeyNamed(message: string): boolean {
  for (const { index } of message.matchAll(keyNamed)) {
    if (wrong.test(message.slice(index, index + sentenceLength))) return true
  }
  return false
}

/** Together also sends a 403 for a prompt that is too long. */
function isAccessRefused({ reply, said, says }: Refusal): boolean {
  if (reply.status === 400) return /^User location is not supported/i.test(said.message ?? '')
  const tooLong = /max_tokens|max_new_tokens|context[_ ]length/gi
  return reply.status === 403 && said.words.search(tooLong) < 0 && !says(tooLong)
}

function isUnserved({ said, says }: Refusal): boolean {
  return said.words.includes('unsupported_country') || (says(place) && says(notServed))
}

function accessRemedy(refusal: Refusal, isGateway: boolean, endpoint: Endpoint): string {
  const { said, says } = refusal
  const { modelName, providerTitle } = endpoint
  if (isGateway) {
    return 'A gateway, proxy or firewall seems to be in the way: check the network, the base URL and HTTPS_PROXY.'
  }
  if (isUnserved(refusal)) {
    return `${providerTitle} does not serve your country or region: name another model with --model.`
  }
  if (says(/\bmodels?\b/gi) || said.words.includes('model_not_found')) {
    return `Check that the key's project may use ${modelName}; 'llm models' lists others.`
  }
  return `Check at ${providerTitle} what the key and its project may do, or name another key with --key.`
}
