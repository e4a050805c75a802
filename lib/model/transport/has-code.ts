/** Whether an error, or an error inside an AggregateError, has one of the codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const { code = '', errors = [] } = error as {
    readonly code?: string
    readonly errors?: readonly unknown[]
  }
  return codes.includes(code) || errors.some(inner => hasCode(inner, ...codes))
}

/** Whether a socket was not opened because the process or the machine has too many open files. */
export function isOutOfFiles(error: unknown): boolean {
  return hasCode(error, 'EMFILE', 'ENFILE')
}
