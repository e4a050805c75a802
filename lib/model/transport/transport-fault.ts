/** An error of the transport, with a code of its own. */
export interface TransportFault extends Error {
  readonly code: string
}

/** A good reply has too many bytes. */
export function replyTooLarge(mostBytes: number): TransportFault {
  const message = `it is longer than ${mostBytes / 1_000_000} MB`
  return Object.assign(new Error(message), { code: 'REPLY_TOO_LARGE' })
}

/** Whether a socket was not opened because the process or the machine has too many open files. */
export function isOutOfFiles(error: unknown): boolean {
  const { code, errors = [] } = error as { readonly code?: string; readonly errors?: unknown[] }
  return code === 'EMFILE' || code === 'ENFILE' || errors.some(isOutOfFiles)
}
