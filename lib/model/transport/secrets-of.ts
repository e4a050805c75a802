import { proxySettings } from './proxy-settings.js'

export interface SecretsOfOptions {
  readonly key: string | undefined
  /** The user's headers for the model. */
  readonly headers: Readonly<Record<string, string>>
  /** For the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const secretName = /auth|key|token|secret|cookie|password/i

/** All secrets of a call: the key, headers with a key, and the proxy's password. */
export function secretsOf({ key, headers, environment }: SecretsOfOptions): string[] {
  const { httpProxy, httpsProxy } = proxySettings(environment)
  const inHeaders = Object.entries(headers)
    .filter(([name]) => secretName.test(name))
    // After `Bearer` or another scheme.
    .map(([, value]) => value.slice(value.lastIndexOf(' ') + 1))
  return [key ?? '', ...inHeaders, ...[httpProxy, httpsProxy].flatMap(inProxy)].filter(Boolean)
}

/** The proxy's password, and its name and password as sent. */
function inProxy(address: string): string[] {
  if (!URL.canParse(address)) return []
  const { username, password } = new URL(address)
  if (password === '') return []
  const plain = [decoded(username), decoded(password)]
  return [...plain.slice(1), Buffer.from(plain.join(':')).toString('base64')]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
