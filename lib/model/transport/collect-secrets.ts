import { proxySettings } from './proxy-settings.js'

const secretName = /auth|key|token|secret|cookie|password/i

/** All secrets of a call: the key, headers with a key, and the proxy's password. */
export function collectSecrets(
  key: string | undefined,
  headers: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
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
  const plain = decoded(password)
  return [plain, Buffer.from(`${decoded(username)}:${plain}`).toString('base64')]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
