import { proxySettings } from './proxy-settings.js'

export interface SecretsOfOptions {
  readonly key: string | undefined
  /** Headers that the user has set for the model. */
  readonly headers: Readonly<Record<string, string>>
  /** Read for the proxy variables only. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const secretName = /auth|key|token|secret|cookie|password/i

/**
 * All that is sent with a call and is nobody's business: the key, headers that stand for one, and
 * the proxy's password.
 */
export function secretsOf({ key, headers, environment }: SecretsOfOptions): string[] {
  const { httpProxy, httpsProxy } = proxySettings(environment)
  const inHeaders = Object.entries(headers)
    .filter(([name]) => secretName.test(name))
    // Behind `Bearer` or another scheme.
    .map(([, value]) => value.slice(value.lastIndexOf(' ') + 1))
  return [key ?? '', ...inHeaders, ...[httpProxy, httpsProxy].flatMap(inProxy)].filter(Boolean)
}

/** Its password, and name and password as they are sent. */
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
