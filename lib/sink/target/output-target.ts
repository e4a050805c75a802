import type { RowSink } from '../../port/row-sink.js'

/** Where the bytes of a document go. Calls must not overlap. */
export interface OutputTarget
  extends Pick<Required<RowSink>, 'path' | 'isInPlace' | 'isGone' | 'isTaken'> {
  /** Resolves when the bytes are out; when it rejects, none of them are in the file. */
  readonly write: (bytes: Buffer) => Promise<void>
  /** Rejects when what was written is no longer where the user will look for it. */
  readonly verify: () => Promise<void>
  /** From now on, no write waits for a reader that may take nothing. */
  readonly hurry: () => void
  /** Lets go. A file that was made here and never written to is removed. */
  readonly close: () => Promise<void>
}
