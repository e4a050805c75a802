import type { StopSwitch } from '../call/stop-switch.js'
import { type BatchError, runError } from '../error/batch-error.js'
import type { Outcome } from '../row/outcome.js'
import type { Plan } from './plan.js'

/** Rows that must all have failed alike, from the first on, before a run is given up. */
const rowsToJudgeBy = 10

/** Watches outcomes as they come and asks for a stop when one of the rules says so. */
export function stopRules(
  { stopOnError, failFast }: Pick<Plan, 'stopOnError' | 'failFast'>,
  stop: StopSwitch,
): (outcome: Outcome) => void {
  let isWatching = failFast
  let ended = 0
  let firstCode: string | undefined

  return outcome => {
    if (outcome.kind === 'skipped') return
    // What an earlier run was answered says nothing of how this one goes.
    if (outcome.kind === 'answered' && outcome.isRecalled) return
    if (stopOnError && outcome.kind === 'failed') stop.request(stoppedOnError(outcome.error))
    if (!isWatching) return
    const code = outcome.kind === 'failed' ? outcome.error.code : undefined
    firstCode ??= code
    ended += 1
    if (code === undefined || code !== firstCode) isWatching = false
    else if (ended === rowsToJudgeBy && outcome.kind === 'failed') {
      stop.request(rowsFailingAlike(outcome.error))
    }
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

function rowsFailingAlike(error: BatchError): BatchError {
  const message = `The first ${rowsToJudgeBy} rows all failed alike: ${error.message}`
  const remedy = [error.remedy, 'Use --no-fail-fast to go on all the same.'].filter(Boolean)
  return runError('ROWS_FAILING_ALIKE', message, remedy.join(' '), error)
}
