import { placeholder, secretPattern } from './secret-pattern.js'

/** A form in which a secret may be written. */
interface Form {
  /**
   * A few letters of the secret that no escape changes. Most texts do not contain them, which is a
   * fast check.
   */
  readonly piece: string
  readonly pattern: RegExp
}

const pieceLength = 6

/**
 * Makes a function that removes secrets from a reply, before any part of it is used.
 *
 * Nothing else may be lost from an answer: a secret that could be a word is removed only next to a
 * key's name.
 */
export function hideSecrets(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets)].filter(secret => secret !== '').flatMap(formsOf)
  if (forms.length === 0) return text => text
  return text => {
    const mayBeEscaped = text.includes('\\u00')
    let hidden = text
    for (const { piece, pattern } of forms) {
      if (mayBeEscaped || text.includes(piece)) hidden = hidden.replace(pattern, placeholder)
    }
    return hidden
  }
}

function formsOf(secret: string): Form[] {
  const isWord = !(secret.length >= 12 && /\d/.test(secret)) && secret.length < 24
  const pattern = secretPattern(secret, isWord ? 'named' : 'anywhere')
  const form = { piece: pieceOf(secret), pattern }
  return isWord ? [form] : [form, ...base64Forms(secret)]
}

/**
 * Base64 of a longer text holds the secret in one of three forms, by its position. Letters shared
 * with its neighbours are left out.
 */
function base64Forms(secret: string): Form[] {
  return [0, 1, 2].map(before => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
    const shared = before === 0 ? 0 : before + 1
    const written = whole.slice(shared)
    return { piece: pieceOf(written), pattern: secretPattern(written, 'anywhere') }
  })
}

/** A part that starts with a rare letter is found fastest. */
function pieceOf(secret: string): string {
  const runs = secret.match(/[a-z\d]+/gi) ?? []
  const longest = runs.reduce((one, other) => (other.length > one.length ? other : one), '')
  const latest = Math.max(0, longest.length - pieceLength)
  const rare = longest.slice(0, latest + 1).search(/[A-Z\d]/)
  return longest.slice(Math.max(0, rare), Math.max(0, rare) + pieceLength)
}
