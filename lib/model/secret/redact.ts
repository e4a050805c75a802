import { placeholder, secretPattern } from './secret-pattern.js'

/**
 * Letters that no ordinary word has by chance: a key of so many is taken out wherever they stand.
 */
const longKey = 8
/**
 * Fewer than this are no secret, and may be in any word: `--key x` is for a server that wants just
 * something.
 */
const shortestSecret = 4

/** Keys as providers give them out, each with its beginning. */
const prefixed =
  /\b(?:(?:sk|pk|rk|csk|xai|key|pplx|nvapi)-|(?:gsk|fw|tgp|hf|r8)_|AIza)[-\w*.…]{7,}[-\w*…]/gi
/** What stands where a key would: behind the name of a header, or `key:`. */
const behindName =
  /\b(?:bearer\s|authorization|x-api-key|x-goog-api-key|api[-_ ]?key|key|token)["']?\s{0,3}[:=]?\s{0,3}["']?$/i
const longestName = 40
const runs = /[-\w*.…~+/%]{8,}={0,2}/g
const inQuery = /([?&](?:api[-_]?key|key|(?:access_|auth_)?token)=)[^&\s"'<>]+/gi
const inAddress = /:\/\/[^\s/@"'<>]+@/g

/**
 * A text of a server's without keys in it: not the one given, however it is written, and nothing
 * that looks like one.
 *
 * Ordinary words stay, also behind "key" or "Bearer": a key is told from them by a long run of
 * letters with digits among them, or by the marks that a server has put over a part of it.
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

/** The full stop behind a key is not its own. */
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

/** Only behind a beginning that says so: there are words of sixteen letters. */
function isUnbroken(word: string): boolean {
  return /[a-z\d]{16}/i.test(word)
}
