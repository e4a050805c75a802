import type { RowSink } from '../../port/row-sink.js'

/** Takes the bytes of a document. Calls must not overlap. */
export interface OutputTarget
  extends Pick<Required<RowSink>, 'path' | 'isInPlace' | 'isGone' | 'isTaken'> {
  /** Resolves when the bytes are written. If this rejects, none of them are in the file. */
  readonly write: (bytes: Buffer) => Promise<void>
  /** Rejects if the written file is not at its path any more. */
  readonly verify: () => Promise<void>
  /** From now on, no write waits for a reader. */
  readonly hurry: () => void
  /** Closes the target. A file that was created here and never written to is removed. */
  readonly close: () => Promise<void>
}
