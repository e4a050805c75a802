/** Names and values in turn. */
type RawHeaders = readonly Buffer[]

const codingName = 'content-encoding'

/** Whether a header is about rate limits or retries. */
export function hasLimits(raw: RawHeaders): boolean {
  for (let index = 0; index < raw.length; index += 2) {
    if (/limit|retry/i.test(String(raw[index]?.toString('latin1')))) return true
  }
  return false
}

/** The content coding of the body; undefined if there is none. */
export function codingOf(raw: RawHeaders): string | undefined {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]
    // The length rules out most names.
    if (
      name?.length === codingName.length &&
      name.toString('latin1').toLowerCase() === codingName
    ) {
      return String(raw[index + 1]?.toString('latin1'))
    }
  }
  return undefined
}

/** By lower-case name. */
export function decodeHeaders(raw: RawHeaders): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]?.toString('latin1')).toLowerCase()
    const value = String(raw[index + 1]?.toString('latin1'))
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}
