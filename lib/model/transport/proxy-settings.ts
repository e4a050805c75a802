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
  const read = (name: string): string => environment[name.toLowerCase()] || environment[name] || ''
  return {
    httpProxy: checkProxy('HTTP_PROXY', read('HTTP_PROXY')),
    httpsProxy: checkProxy('HTTPS_PROXY', read('HTTPS_PROXY')),
    noProxy: read('NO_PROXY'),
  }
}

/** The message does not show the URL, which may hold a password. */
function checkProxy(variable: string, url: string): string {
  if (url === '' || (/^(https?|socks5?):/i.test(url) && URL.canParse(url))) return url
  throw runError(
    'CONFIG_INVALID',
    `The proxy in ${variable} is not a proxy URL`,
    `Write the URL with its protocol, such as ${variable}=http://host:3128, or unset it.`,
  )
}

/** A proxy cannot reach a server on this machine. */
export function isThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
