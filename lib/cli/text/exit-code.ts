import { BatchError } from '../../error/batch-error.js'
import type { BatchSummary } from '../../run/progress.js'

/** The exit codes a user may rely on. */
export const exitCodes = {
  allAnswered: 0,
  someFailed: 1,
  askedWrongly: 2,
  stopped: 3,
  defect: 70,
  interrupted: 130,
} as const

export interface RunEnd {
  /** Absent when the run broke before it could give one. */
  readonly summary: BatchSummary | undefined
  /** What broke it. */
  readonly error?: unknown
}

/** The exit code for a run that had begun. A pipe that its reader closed is no failure. */
export function exitCodeOfRun({ summary, error }: RunEnd): number {
  const reason = error ?? summary?.stopReason
  if (isDefect(reason)) return exitCodes.defect
  if (isInterruption(reason)) return exitCodes.interrupted
  if (isClosedPipe(reason)) return exitCodes.allAnswered
  if (isRefusal(error)) return exitCodes.askedWrongly
  // What is thrown instead of a summary was found wrong before the first call.
  if (summary === undefined && BatchError.isInstance(error)) return exitCodes.askedWrongly
  if (reason !== undefined || summary === undefined) return exitCodes.stopped
  return summary.tally.failed > 0 ? exitCodes.someFailed : exitCodes.allAnswered
}

/**
 * Whether an error is a fault of this program, and not of the run: sysexits.h calls it EX_SOFTWARE.
 */
export function isDefect(error: unknown): boolean {
  if (error === undefined) return false
  if (BatchError.isInstance(error)) return error.code === 'ROWS_NOT_CONSERVED'
  return !isSystemError(error)
}

/** What only a program can do wrong: it used what it had closed, or named what cannot be. */
const ofPrograms = ['EBADF', 'EFAULT', 'EINVAL', 'ENOSYS']

/**
 * Whether the operating system refused something, as a folder without permission or a full disk
 * does.
 */
function isSystemError(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException
  return typeof syscall === 'string' && code !== undefined && !ofPrograms.includes(code)
}

/** Whether an error is that another process was quicker to take the batch: nothing was asked. */
function isRefusal(error: unknown): boolean {
  return BatchError.isInstance(error) && ['BATCH_ID_TAKEN', 'BATCH_RUNNING'].includes(error.code)
}

/** Whether an error, or what caused it, is that the reader of our output has gone. */
export function isClosedPipe(error: unknown): boolean {
  const seen = new Set<unknown>()
  for (let cause = error; cause instanceof Object && !seen.has(cause); ) {
    seen.add(cause)
    const { code, cause: next } = cause as { code?: unknown; cause?: unknown }
    if (code === 'EPIPE' || code === 'OUTPUT_CLOSED') return true
    cause = next
  }
  return false
}

/** Whether an error is that the user broke off. */
export function isInterruption(error: unknown): boolean {
  return BatchError.isInstance(error) && error.code === 'RUN_INTERRUPTED'
}
