import type { BatchError } from '../error/batch-error.js'
import type { ErrorCode } from '../error/error-code.js'
import type { Failed, Outcome, PromptOrOutcome } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Row } from '../row/row.js'
import { charactersIn, createWindow } from './window.js'

export interface EqualPromptsOptions {
  /** Most rows that wait for equal prompts; 1024 if absent. */
  readonly waitingRows?: number
  /** Most failed prompts that are remembered; 2000 if absent. */
  readonly rememberedFaults?: number
}

/**
 * Which prompts are being asked, and which rows wait for them. Shared by `reuseAnswers`, which asks
 * each prompt for one row and holds back the rows with an equal prompt, and by the stage that
 * records outcomes, which calls `ended`.
 *
 * A row that waits shares the outcome of the row that was asked: its recorded answer, its failure,
 * or the skip. A failure that comes from the prompt itself, such as a cut answer, is shared by
 * later rows too, so that it is paid for once; the latest of these failures are remembered. After
 * any other failure, the next equal row is asked.
 */
export interface EqualPrompts {
  /**
   * Takes a row that must not be asked now: returns the failure of its prompt, or `waits`. Returns
   * undefined if nothing is known of the prompt.
   */
  readonly hold: (prompt: Prompt) => Failed | 'waits' | undefined
  /** Notes that the prompt is asked for its row. Until `ended`, rows with an equal prompt wait. */
  readonly begin: (prompt: Prompt) => void
  /** Takes outcomes once they are recorded. */
  readonly ended: (outcomes: readonly Outcome[]) => void
  /**
   * Takes what no longer waits: prompts, whose answers are recorded, and outcomes.
   */
  readonly takeReleased: () => readonly PromptOrOutcome[]
  /** Whether further rows may wait. */
  readonly hasRoom: () => boolean
  /** Whether no row waits, and nothing is released. */
  readonly isIdle: () => boolean
  /** Sets the listener that is called when rows are released. The last listener counts. */
  readonly onRelease: (listener: () => void) => void
}

/** A prompt that is being asked. */
interface AskedPrompt {
  readonly hash: string
  readonly waiting: Prompt[]
}

/**
 * The failures that an equal prompt would meet again: the server or the answer refuses the prompt,
 * not the moment.
 */
const faultsOfPrompts: ReadonlySet<ErrorCode> = new Set([
  'REQUEST_REJECTED',
  'REPLY_TOO_LARGE',
  'ANSWER_TRUNCATED',
  'ANSWER_EMPTY',
  'ANSWER_FILTERED',
])

/**
 * Keeps account of prompts that are being asked, so that equal ones are asked once.
 *
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 4 })
 *     const latest = latestAnswers()
 *     const equals = equalPrompts()
 *     await pipeline(
 *       readRows('reviews.csv'),
 *       mapPrompts({ render: renderRow('Classify: {review_text}') }),
 *       reuseAnswers({ find: latest.find, equals }),
 *       invokeModel({ calls }),
 *       mapRows(outcome => {
 *         latest.take([outcome])
 *         equals.ended([outcome])
 *         return outcome
 *       }),
 *       writeRows('out.jsonl'),
 *     )
 */
export function equalPrompts(options: EqualPromptsOptions = {}): EqualPrompts {
  const { waitingRows = 1024, rememberedFaults = 2000 } = options
  const window = createWindow({ rows: waitingRows })
  const byHash = new Map<string, AskedPrompt>()
  /** The same by the row that is asked: the outcome of a skipped row has no prompt. */
  const byRow = new Map<Row, AskedPrompt>()
  /** In the order of the failures. */
  const faults = new Map<string, BatchError>()
  let released: PromptOrOutcome[] = []
  let waiting = 0
  let onRelease = (): void => {}

  return {
    hold(prompt) {
      const fault = faults.get(prompt.hash)
      if (fault !== undefined) return sharedFailure(prompt, fault)
      const asked = byHash.get(prompt.hash)
      if (asked === undefined) return undefined
      asked.waiting.push(prompt)
      waiting += 1
      window.take(1, charactersIn(prompt))
      return 'waits'
    },
    begin(prompt) {
      const asked = { hash: prompt.hash, waiting: [] }
      byHash.set(asked.hash, asked)
      byRow.set(prompt.row, asked)
    },
    ended(outcomes) {
      for (const outcome of outcomes) end(outcome)
      if (released.length > 0) onRelease()
    },
    takeReleased() {
      const taken = released
      released = []
      return taken
    },
    hasRoom: window.hasRoom,
    isIdle: () => waiting === 0 && released.length === 0,
    onRelease(listener) {
      onRelease = listener
    },
  }

  function end(outcome: Outcome): void {
    const asked = byRow.get(outcome.row)
    if (asked === undefined) return
    byRow.delete(outcome.row)
    byHash.delete(asked.hash)
    if (outcome.kind === 'failed' && faultsOfPrompts.has(outcome.error.code)) {
      remember(asked.hash, outcome.error)
    }
    for (const prompt of asked.waiting) {
      waiting -= 1
      window.free(1, charactersIn(prompt))
      released.push(sharedOutcome(prompt, outcome))
    }
  }

  function remember(hash: string, fault: BatchError): void {
    faults.set(hash, fault)
    if (faults.size <= rememberedFaults) return
    const [oldest] = faults.keys()
    if (oldest !== undefined) faults.delete(oldest)
  }
}

/** What a waiting row becomes: a prompt again if its answer is in the record. */
function sharedOutcome(prompt: Prompt, outcome: Outcome): PromptOrOutcome {
  if (outcome.kind === 'answered') return prompt
  // An error of reach run says nothing of a row: the run stops, and other rows are skipped too.
  const isSkipped = outcome.kind === 'skipped' || outcome.error.reach === 'run'
  return isSkipped ? { kind: 'skipped', row: prompt.row } : sharedFailure(prompt, outcome.error)
}

function sharedFailure(prompt: Prompt, error: BatchError): Failed {
  return {
    kind: 'failed',
    row: prompt.row,
    prompt,
    error,
    attempts: 0,
    costUsd: 0,
    reused: 'equal',
  }
}
