/** The text in place of a secret. */
export const placeholder = '[key]'

/** Where a secret is looked for: anywhere, as a whole word, or only next to a key's name. */
type SecretPlace = 'anywhere' | 'word' | 'named'

/** A pattern of a secret in every form of JSON, URL, or both escapes. */
export function secretPattern(secret: string, place: SecretPlace): RegExp {
  const written = [...secret].map(waysToWrite).join('')
  if (place === 'anywhere') return new RegExp(written, 'g')
  if (place === 'word') return new RegExp(`(?<![-\\w])${written}(?![-\\w])`, 'g')
  return new RegExp(`${behindName}${written}(?![-\\w])`, 'g')
}

/** After `Bearer`, `x-api-key:`, `token=` or `API key provided:`; quotes may be escaped. */
const behindName =
  '(?<=\\b(?:[Bb]earer\\s{1,3}|(?:[Kk]ey|[Tt]oken)\\b\\\\?["\']?(?:\\s\\w{1,20})?\\s{0,3}[:=]\\s{0,3}\\\\?["\']?))'

function waysToWrite(character: string, index: number): string {
  const code = character.charCodeAt(0).toString(16).padStart(2, '0')
  const anyCase = [...code].map(digit => eitherCase(digit)).join('')
  const ways = [
    plain(character),
    `\\\\{1,4}u${anyCase.padStart(anyCase.length + 4 - code.length, '0')}`,
  ]
  // Some JSON writers put a backslash before "/", and JSON inside JSON has more of them.
  if (/\W/.test(character) && index > 0) ways.push(`\\\\{1,4}${plain(character)}`)
  if (code.length === 2) ways.push(`%(?:25)?${anyCase}`)
  return `(?:${ways.join('|')})`
}

function plain(character: string): string {
  return /\w/.test(character) ? character : character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
}

function eitherCase(digit: string): string {
  return /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit
}
