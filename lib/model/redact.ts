const placeholder = '[key]'
/** Letters that no ordinary word has by chance: a key of so many is taken out wherever they stand. */
const longKey = 8
/** Fewer than this are no secret, and may be in any word: `--key x` is for a server that wants just something. */
const shortestSecret = 4

/** Keys as providers give them out, each with its beginning. */
const prefixed =
  /\b(?:(?:sk|pk|rk|csk|xai|key|pplx|nvapi)-|(?:gsk|fw|tgp|hf|r8)_|AIza)[-\w*.…]{7,}[-\w*…]/gi
/** What stands where a key would: behind the name of a header, or `key:`. */
const named =
  /(\b(?:bearer\s|authorization|x-api-key|x-goog-api-key|api[-_ ]?key|key|token)["']?\s*[:=]?\s*["']?)([-\w*.…~+/=%]{7,}[-\w*…])/gi
const inQuery = /([?&](?:api[-_]?key|key|(?:access_|auth_)?token)=)[^&\s"'<>]+/gi
const inAddress = /(\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/@"'<>]+@/gi

/**
 * A text of a server's without keys in it: not the one given, however it is written, and nothing that looks like one.
 *
 * Ordinary words stay, also behind "key" or "Bearer": a key is told from them by a long run of letters with digits
 * among them, or by the marks that a server has put over a part of it.
 */
export function redact(text: string, key: string | undefined): string {
  return withoutKey(text, key ?? '')
    .replace(inAddress, `$1${placeholder}@`)
    .replace(inQuery, `$1${placeholder}`)
    .replace(prefixed, word => (looksSecret(word) || isUnbroken(word) ? placeholder : word))
    .replace(named, (all, before: string, word: string) =>
      looksSecret(word) ? before + placeholder : all,
    )
}

function withoutKey(text: string, key: string): string {
  if (key === '') return text
  return text.replace(new RegExp(whereKeyIs(key), 'g'), placeholder)
}

function whereKeyIs(key: string): string {
  const written = waysToWrite(key).map(escapeRegExp).join('|')
  if (key.length >= longKey) return written
  const word = `(?:${written})(?![-\\w])`
  if (key.length >= shortestSecret) return `(?<![-\\w])${word}`
  return `(?<=\\b[Bb]earer\\s+|\\b(?:[Kk]ey|[Tt]oken)\\b["']?(?:\\s+\\w+)?\\s*[:=]\\s*["']?)${word}`
}

/** As it is, in an address, and in JSON; the longer ones first. */
function waysToWrite(key: string): string[] {
  const escaped = encodeURIComponent(key.toWellFormed())
  const lowerCase = escaped.replace(/%[\dA-F]{2}/g, code => code.toLowerCase())
  const ways = new Set([escaped, lowerCase, JSON.stringify(key).slice(1, -1), key])
  return [...ways].sort((one, other) => other.length - one.length)
}

function looksSecret(word: string): boolean {
  return /\*\*|…/.test(word) || /(?=[a-z]*\d)[a-z\d]{8}/i.test(word)
}

/** Only behind a beginning that says so: there are words of sixteen letters. */
function isUnbroken(word: string): boolean {
  return /[a-z\d]{16}/i.test(word)
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
