import type { ErrorCode } from './error-code.js'
import type { StatedLimit } from './stated-limit.js'

/** What the error ends: this attempt, this row, or the whole run. */
export type ErrorReach = 'attempt' | 'row' | 'run'

export interface BatchErrorOptions {
  readonly code: ErrorCode
  readonly reach: ErrorReach
  /** One line that says what to do; printed below the message. */
  readonly remedy?: string | undefined
  readonly retryAfterMs?: number | undefined
  /** What the far side stated of its limits with a refusal. */
  readonly limits?: readonly StatedLimit[] | undefined
  /** Whether the provider may bill the call that failed. */
  readonly mayBeBilled?: boolean | undefined
  /** Whether a refusal of reach `run` may be for the text of this row alone. */
  readonly mayBeOfRow?: boolean | undefined
  readonly cause?: unknown
}

/**
 * Characters. A name or a value in a message can have megabytes, and every failed row keeps its
 * message.
 */
const longestMessage = 4000

const brand = Symbol.for('llm-batch.error')

/**
 * Every error this package raises on purpose.
 *
 * Match on `code`: messages may be reworded in any release, and `instanceof`
 * lies when two copies of the package are loaded.
 *
 * @example
 *     try {
 *       await getModel('gpt-9')
 *     } catch (error) {
 *       if (!BatchError.isInstance(error) || error.code !== 'MODEL_UNKNOWN') throw error
 *       console.error(error.message, error.remedy)
 *     }
 */
export class BatchError extends Error {
  static {
    // On the prototype and non-enumerable, so that stacks print it and logs do not repeat it.
    Object.defineProperty(BatchError.prototype, 'name', {
      value: 'BatchError',
      configurable: true,
      writable: true,
    })
    Object.defineProperty(BatchError.prototype, brand, { value: true })
  }

  static isInstance(value: unknown): value is BatchError {
    return typeof value === 'object' && value !== null && brand in value
  }

  readonly code: ErrorCode
  readonly reach: ErrorReach
  readonly remedy: string | undefined
  /** How long the far side asked us to wait, in milliseconds, when it did. */
  readonly retryAfterMs: number | undefined
  /** Whether the provider may bill the call that failed, although it gave no answer. */
  readonly mayBeBilled: boolean
  /** What the far side stated of its limits with a refusal. */
  declare readonly limits: readonly StatedLimit[] | undefined
  /**
   * Whether a refusal of reach `run` may be for the text of this row alone. If the model has
   * answered other rows, the refusal fails its row only.
   */
  declare readonly mayBeOfRow: boolean | undefined

  constructor(message: string, options: BatchErrorOptions) {
    const {
      code,
      reach,
      remedy,
      retryAfterMs,
      mayBeBilled = false,
      limits,
      mayBeOfRow,
      cause,
    } = options
    super(bounded(message), cause === undefined ? undefined : { cause })
    this.code = code
    this.reach = reach
    this.remedy = remedy === undefined ? undefined : bounded(remedy)
    this.retryAfterMs = retryAfterMs
    this.mayBeBilled = mayBeBilled
    // Not enumerable, so that logs do not show it.
    if (limits !== undefined) Object.defineProperty(this, 'limits', { value: limits })
    if (mayBeOfRow === true) Object.defineProperty(this, 'mayBeOfRow', { value: true })
  }
}

function bounded(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text
}

/** An error that ends the run. `remedy` is one line that says what to do. */
export function runError(
  code: ErrorCode,
  message: string,
  remedy?: string,
  cause?: unknown,
): BatchError {
  return new BatchError(message, { code, reach: 'run', remedy, cause })
}

/** An error that makes one row a failed row. */
export function rowError(
  code: ErrorCode,
  message: string,
  remedy?: string,
  cause?: unknown,
): BatchError {
  return new BatchError(message, { code, reach: 'row', remedy, cause })
}
