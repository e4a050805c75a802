/** Names and values in turn. */
type RawHeaders = readonly Buffer[]

/** Whether a header is about rate limits or retries. */
export function hasLimits(raw: RawHeaders): boolean {
  for (let index = 0; index < raw.length; index += 2) {
    if (/limit|retry/i.test(String(raw[index]?.toString('latin1')))) return true
  }
  return false
}

/** How the bytes of a body are to be read. What the headers do not say is absent. */
export interface BodyForm {
  /** The content codings, in the order in which the server applied them. */
  readonly codings?: string
  /** With the charset, if the server names one. */
  readonly contentType?: string
}

const codingName = 'content-encoding'
const typeName = 'content-type'

export function bodyFormOf(raw: RawHeaders): BodyForm {
  const form: { codings?: string; contentType?: string } = {}
  for (let index = 0; index + 1 < raw.length; index += 2) {
    // The length rules out most names.
    const length = raw[index]?.length
    if (length !== codingName.length && length !== typeName.length) continue
    const name = String(raw[index]?.toString('latin1')).toLowerCase()
    const value = String(raw[index + 1]?.toString('latin1'))
    if (name === typeName) form.contentType = value
    if (name === codingName) {
      form.codings = form.codings === undefined ? value : `${form.codings},${value}`
    }
  }
  return form
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
