import type { StopSwitch } from '../call/stop-switch.js'
import { type BatchError, runError } from '../error/batch-error.js'
import type { Answered, Failed, Outcome } from '../row/outcome.js'
import type { Plan } from './plan.js'

/** A run stops if its first outcomes, this many, are all the same failure. */
const rowsToJudgeBy = 10

/**
 * A run stops if the last rows to end, this many, were all refused alike, with a refusal that a
 * single row may get for its text.
 */
const refusalsToJudgeBy = 5

/** Watches outcomes, and requests a stop if one of the rules says so. */
export function stopRules(
  { stopOnError, failFast }: Pick<Plan, 'stopOnError' | 'failFast'>,
  stop: StopSwitch,
): (outcome: Outcome) => void {
  let isWatching = failFast
  let ended = 0
  let firstCode: string | undefined
  let refusedAlike = 0
  let refusedCode: string | undefined

  return outcome => {
    if (outcome.kind === 'skipped') return
    // A recalled or reused outcome says nothing of how this run goes.
    if (outcome.reused !== undefined) return
    if (outcome.kind === 'answered' && outcome.isRecalled) return
    if (stopOnError && outcome.kind === 'failed') stop.request(stoppedOnError(outcome.error))
    if (failFast) watchRefusals(outcome)
    if (!isWatching) return
    const code = outcome.kind === 'failed' ? outcome.error.code : undefined
    firstCode ??= code
    ended += 1
    if (code === undefined || code !== firstCode) isWatching = false
    else if (ended === rowsToJudgeBy && outcome.kind === 'failed') {
      stop.request(failingAlike(`The first ${rowsToJudgeBy} rows all failed alike`, outcome.error))
    }
  }

  function watchRefusals(outcome: Answered | Failed): void {
    const error = outcome.kind === 'failed' && outcome.error.mayBeOfRow ? outcome.error : undefined
    refusedAlike = error !== undefined && error.code === refusedCode ? refusedAlike + 1 : 1
    refusedCode = error?.code
    if (error === undefined || refusedAlike < refusalsToJudgeBy) return
    stop.request(failingAlike(`The last ${refusalsToJudgeBy} rows were all refused`, error))
  }
}

function stoppedOnError(error: BatchError): BatchError {
  return runError(
    'RUN_STOPPED',
    `A row failed, and --stop-on-error was given: ${error.message}`,
    error.remedy,
    error,
  )
}

function failingAlike(what: string, error: BatchError): BatchError {
  const remedy = [error.remedy, 'Use --no-fail-fast to continue anyway.'].filter(Boolean)
  return runError('ROWS_FAILING_ALIKE', `${what}: ${error.message}`, remedy.join(' '), error)
}
