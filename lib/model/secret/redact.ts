import { placeholder, secretPattern } from './secret-pattern.js'

/** A key of at least this many letters is removed anywhere in a text. */
const longKey = 8
/**
 * A shorter key is not a secret, and may be in any word: `--key x` is for a server that wants any
 * key.
 */
const shortestSecret = 4

/** Keys with the prefixes of known providers. */
const prefixed =
  /\b(?:(?:sk|pk|rk|csk|xai|key|pplx|nvapi)-|(?:gsk|fw|tgp|hf|r8)_|AIza)[-\w*.…]{7,}[-\w*…]/gi
/** A text in the place of a key: after the name of a header, or `key:`. */
const behindName =
  /\b(?:bearer\s|authorization|x-api-key|x-goog-api-key|api[-_ ]?key|key|token)["']?\s{0,3}[:=]?\s{0,3}["']?$/i
const longestName = 40
const runs = /[-\w*.…~+/%]{8,}={0,2}/g
const inQuery = /([?&](?:api[-_]?key|key|(?:access_|auth_)?token)=)[^&\s"'<>]+/gi
const inAddress = /:\/\/[^\s/@"'<>]+@/g

/**
 * Removes keys from a server's text: the given key in every form, and everything that looks like a
 * key.
 *
 * Ordinary words stay, also after "key" or "Bearer". A key has a long run of letters with digits,
 * or a server's mask.
 */
export function redact(text: string, key: string | undefined): string {
  return withoutKey(text, key ?? '')
    .replace(inAddress, `://${placeholder}@`)
    .replace(inQuery, `$1${placeholder}`)
    .replace(prefixed, word => (looksSecret(word) || isUnbroken(word) ? placeholder : word))
    .replace(runs, (run, index: number, all: string) => {
      const word = withoutEndMarks(run)
      const isKey = word.length >= longKey && looksSecret(word) && isNamed(all, index)
      return isKey ? placeholder + run.slice(word.length) : run
    })
}

function withoutKey(text: string, key: string): string {
  if (key === '') return text
  const place = key.length >= longKey ? 'anywhere' : 'word'
  return text.replace(
    secretPattern(key, key.length < shortestSecret ? 'named' : place),
    placeholder,
  )
}

/** The full stop after a key is not part of the key. */
function withoutEndMarks(run: string): string {
  let end = run.length
  while ('.~+/%'.includes(run.charAt(end - 1)) && end > 0) end -= 1
  return run.slice(0, end)
}

function isNamed(text: string, index: number): boolean {
  return behindName.test(text.slice(Math.max(0, index - longestName), index))
}

function looksSecret(word: string): boolean {
  return /\*\*|…/.test(word) || /(?=[a-z]{0,7}\d)[a-z\d]{8}/i.test(word)
}

/** Only after a known prefix: some words have sixteen letters. */
function isUnbroken(word: string): boolean {
  return /[a-z\d]{16}/i.test(word)
}
