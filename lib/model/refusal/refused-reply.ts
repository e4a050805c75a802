import type { ErrorReach } from '../../error/batch-error.js'
import type { ErrorCode } from '../../error/error-code.js'

/** A reply with an error status. */
export interface RefusedReply {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The meaning of a refusal. The server's own words follow in the message. */
export interface Verdict {
  readonly code: ErrorCode
  readonly reach: ErrorReach
  readonly what: string
  readonly remedy?: string | undefined
}
