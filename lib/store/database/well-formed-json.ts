/**
 * JSON with U+FFFD for each lone surrogate, which `JSON.stringify` writes as an escape. SQLite
 * would turn such an escape into invalid UTF-8, which Python cannot read.
 *
 * @param value not undefined, a function or a symbol.
 */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\ud')) return json
  // Matches whole escapes, so that an escaped backslash before `ud800` does not count as their
  // start.
  return json.replace(/\\(u[0-9a-f]{4}|.)/g, (whole, code: string) =>
    /^ud[89a-f]/.test(code) ? '\ufffd' : whole,
  )
}
