import { runError } from '../../error/batch-error.js'

/** Proxy settings of the environment, for undici; '' if not set. */
interface ProxySettings {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

/**
 * '' and not undefined: for undefined, undici reads the process's own environment.
 *
 * @throws {BatchError} CONFIG_INVALID for a proxy URL that undici does not take.
 */
export function proxySettings(
  environment: Readonly<Record<string, string | undefined>>,
): ProxySettings {
  const read = (name: string): string => {
    const set = [name.toLowerCase(), name].find(variable => environment[variable])
    return set === undefined ? '' : proxyUrl(set, environment[set] ?? '')
  }
  return {
    httpProxy: read('HTTP_PROXY'),
    httpsProxy: read('HTTPS_PROXY'),
    noProxy: environment.no_proxy || environment.NO_PROXY || '',
  }
}

/**
 * A proxy as people write it: also in quotes, as `host:port`, or with curl's `socks5h:`. undici
 * always lets a SOCKS proxy look up names, which is what `socks5h:` asks for.
 *
 * The message does not show the URL, which may hold a password.
 */
function proxyUrl(variable: string, text: string): string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, '$2')
  if (bare === '') return ''
  const url = /^[a-z\d+.-]+:\/\//i.test(bare)
    ? bare.replace(/^socks5h:/i, 'socks5:')
    : /^[^/]+:\d+\/?$/.test(bare) && `http://${bare}`
  if (url !== false && /^(https?|socks5?):/i.test(url) && isReadable(url)) return url
  throw runError(
    'CONFIG_INVALID',
    `The proxy in ${variable} is not a proxy URL`,
    `Write the URL with its protocol, such as ${variable}=http://host:3128, with %25 for a percent sign, or unset it.`,
  )
}

/** Whether undici can read the URL, and the name and the password in it. */
function isReadable(url: string): boolean {
  try {
    const { username, password, hostname } = new URL(url)
    decodeURIComponent(username + password)
    return hostname !== ''
  } catch {
    return false
  }
}

/** A proxy cannot reach a server on this machine. */
export function isThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

/** Whether requests to an origin go through a proxy, unless NO_PROXY names the origin. */
export function isProxied(
  origin: string,
  { httpProxy, httpsProxy }: Pick<ProxySettings, 'httpProxy' | 'httpsProxy'>,
): boolean {
  if (isThisMachine(origin)) return false
  return (origin.startsWith('https:') ? httpsProxy || httpProxy : httpProxy) !== ''
}
