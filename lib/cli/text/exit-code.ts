import { BatchError } from '../../error/batch-error.js'
import type { BatchSummary } from '../../run/progress.js'

/** The exit codes that users may rely on. */
export const exitCodes = {
  allAnswered: 0,
  someFailed: 1,
  askedWrongly: 2,
  stopped: 3,
  defect: 70,
  interrupted: 130,
} as const

/**
 * The exit code of a run. A closed pipe is not a failure.
 *
 * @param summary undefined if the run threw.
 * @param error what the run threw.
 */
export function exitCodeOfRun(summary: BatchSummary | undefined, error?: unknown): number {
  const reason = error ?? summary?.stopReason
  if (isDefect(reason)) return exitCodes.defect
  if (isInterruption(reason)) return exitCodes.interrupted
  if (isClosedPipe(reason)) return exitCodes.allAnswered
  if (isRefusal(error)) return exitCodes.askedWrongly
  // An error instead of a summary was found before the first call.
  if (summary === undefined && BatchError.isInstance(error)) return exitCodes.askedWrongly
  if (reason !== undefined || summary === undefined) return exitCodes.stopped
  return summary.tally.failed > 0 ? exitCodes.someFailed : exitCodes.allAnswered
}

/** The exit code of a command that does not run a batch. Where llm exits with 1, this does too. */
export function exitCodeOfError(error: unknown): number {
  if (isInterruption(error)) return exitCodes.interrupted
  if (isDefect(error)) return exitCodes.defect
  const isOfSmallCommand = BatchError.isInstance(error) && error.code === 'SETTING_INVALID'
  return isOfSmallCommand ? exitCodes.someFailed : exitCodes.askedWrongly
}

/** Whether an error is a defect of this program (EX_SOFTWARE in sysexits.h). */
export function isDefect(error: unknown): boolean {
  if (error === undefined) return false
  if (BatchError.isInstance(error)) return error.code === 'ROWS_NOT_CONSERVED'
  return !isSystemError(error)
}

/** Codes of errors that only a program can cause, if no path is named. */
const ofPrograms = ['EBADF', 'EFAULT', 'EINVAL', 'ENOSYS']

/**
 * Whether the operating system refused something, as for a folder without permission or a full
 * disk.
 */
function isSystemError(error: unknown): boolean {
  const { code, syscall, path } = (error ?? {}) as NodeJS.ErrnoException
  if (typeof syscall !== 'string' || code === undefined) return false
  // Odd file systems refuse a path with any code.
  return path !== undefined || !ofPrograms.includes(code)
}

/** Whether another process was faster to take the batch, so that nothing was asked. */
function isRefusal(error: unknown): boolean {
  return BatchError.isInstance(error) && ['BATCH_ID_TAKEN', 'BATCH_RUNNING'].includes(error.code)
}

/** Whether an error or its cause is that the reader of our output is gone. */
export function isClosedPipe(error: unknown): boolean {
  return causesOf(error).some(({ code }) => code === 'EPIPE' || code === 'OUTPUT_CLOSED')
}

/** An error, its cause, the cause of the cause, and so on. */
export function causesOf(error: unknown): readonly NodeJS.ErrnoException[] {
  const causes = new Set<NodeJS.ErrnoException>()
  let cause = error
  while (cause instanceof Error && !causes.has(cause)) {
    causes.add(cause)
    cause = cause.cause
  }
  return [...causes]
}

/** Whether an error is an interruption by the user. */
export function isInterruption(error: unknown): boolean {
  return BatchError.isInstance(error) && error.code === 'RUN_INTERRUPTED'
}
