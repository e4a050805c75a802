/**
 * JSON without lone surrogates, which `JSON.stringify` writes as escapes: each is U+FFFD. SQLite
 * would make bytes of them that are no UTF-8, and Python could not encode the text it reads.
 *
 * @param value anything but undefined, functions and symbols.
 */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\ud')) return json
  // Whole escapes at a time, so that an escaped backslash before `ud800` is not taken for its
  // beginning.
  return json.replace(/\\(u[0-9a-f]{4}|.)/g, (whole, code: string) =>
    /^ud[89a-f]/.test(code) ? '\ufffd' : whole,
  )
}
