/**
 * Whether the runtime decodes texts in this encoding.
 *
 * @param name in any case, such as `windows-1252` or `Shift_JIS`.
 * @see https://encoding.spec.whatwg.org/#names-and-labels
 */
export function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name) !== undefined
  } catch {
    return false
  }
}
