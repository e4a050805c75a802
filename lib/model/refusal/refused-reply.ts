import type { ErrorReach } from '../../error/batch-error.js'
import type { ErrorCode } from '../../error/error-code.js'

/** A reply with a status that is no success. */
export interface RefusedReply {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a refusal means; the server's own words come behind it. */
export interface Verdict {
  readonly code: ErrorCode
  readonly reach: ErrorReach
  readonly what: string
  readonly remedy?: string | undefined
}
