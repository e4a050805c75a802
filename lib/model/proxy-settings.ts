/** What the environment says about proxies, for undici; empty text where it says nothing. */
export interface ProxySettings {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

/** Empty text, not undefined: for undefined undici would look into the process's own environment. */
export function proxySettings(
  environment: Readonly<Record<string, string | undefined>>,
): ProxySettings {
  const said = (name: string): string => environment[name.toLowerCase()] || environment[name] || ''
  return {
    httpProxy: said('HTTP_PROXY'),
    httpsProxy: said('HTTPS_PROXY'),
    noProxy: said('NO_PROXY'),
  }
}

/** A proxy cannot reach a server on this machine, whatever the variables say. */
export function isThisMachine(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
