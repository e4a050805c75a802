/** Where the bytes of a document go. Calls must not overlap. */
export interface OutputTarget {
  /** Absolute path; absent for a stream. */
  readonly path: string | undefined
  /** Whether closing it now, with nothing written, would leave what was there before. */
  readonly isUntouched: () => boolean
  /** Resolves when the bytes are out; when it rejects, none of them are in the file. */
  readonly write: (bytes: Buffer) => Promise<void>
  /** Rejects when what was written is no longer where the user will look for it. */
  readonly verify: () => Promise<void>
  /** Of one whose reader may take nothing: from now on, nothing is waited for. */
  readonly hurry?: () => void
  /** Of the same: whether it has taken all that was written. */
  readonly isTaken?: () => boolean
  /**
   * Calls back at most once, when nobody is left to read what is written, where that can be seen before a write
   * fails. Not after `close`.
   */
  readonly onLost?: (listener: (error: Error) => void) => void
  /** Lets go. With `discard`, a file that was made here and is still empty is removed. */
  readonly close: (options: { readonly discard: boolean }) => Promise<void>
}
