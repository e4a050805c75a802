import { BatchError } from '../../../error/batch-error.js'
import type { BatchSummary } from '../../../run/progress.js'
import { pluralText } from '../amount-text.js'
import { errorText } from '../error-text.js'
import { isClosedPipe, isInterruption } from '../exit-code.js'
import { isCapReached } from '../higher-cap.js'

export interface EndTextOptions {
  /** What ended the run early; undefined if nothing did. */
  readonly reason: unknown
  /** Undefined if the run threw. */
  readonly summary: BatchSummary | undefined
  /** The command that resumes the batch. */
  readonly command: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Writes our commands as they are to be typed. */
  readonly asCalled: (text: string) => string
  /** Whether the summary was left out. */
  readonly isQuiet?: boolean
}

/** Why the run stopped, and how to resume. Empty for a completed batch and for a closed pipe. */
export function endText({
  reason,
  summary,
  command,
  environment,
  asCalled,
  isQuiet = false,
}: EndTextOptions): string {
  if (isClosedPipe(reason)) return ''
  const resume = `Resume with: ${command}\n`
  if (reason !== undefined) {
    const isRefused = summary === undefined && BatchError.isInstance(reason)
    const said = isInterruption(reason)
      ? `Interrupted. ${leftText(summary)}\n`
      : isCapReached(reason)
        ? `Paused. ${reason.message}.\n${leftText(summary)}\n${asCalled(reason.remedy ?? '')}\n`
        : errorText(reason, environment, asCalled)
    // A refused batch is not recorded, so there is nothing to resume.
    return isRefused ? said : said + resume
  }
  // Nobody else says how many rows failed.
  if (isQuiet && summary !== undefined && summary.tally.failed > 0) {
    return `${failedText(summary)} ${command}\n`
  }
  switch (summary?.status) {
    case 'completed':
      return ''
    case 'failed':
      return `${failedText(summary)} ${command}\n`
    case 'paused':
      return `Paused: this run took the rows of --limit. ${leftText(summary)}\n${resume}`
    default:
      return resume
  }
}

function failedText({ batchId, tally }: BatchSummary): string {
  const rows = pluralText(tally.failed, 'row')
  return `Batch ${batchId}: ${rows} failed. Ask ${tally.failed === 1 ? 'it' : 'them'} again with:`
}

/** Only a file is called valid: a stream cannot be read again. */
function leftText(summary: BatchSummary | undefined): string {
  switch (summary?.output) {
    case 'all':
      return summary.outputPath === undefined
        ? 'The output has all answers so far.'
        : 'The output is valid and has all answers so far.'
    case 'part':
      return 'All answers are recorded; the output has a part of them.'
    case 'as-before':
      return 'All answers are recorded; the output is as before.'
    default:
      return 'All answers are recorded; there is no output.'
  }
}
