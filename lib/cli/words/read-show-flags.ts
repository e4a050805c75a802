import type { GivenCommand } from './command.js'
import { readChoice, summaryForms } from './read-value.js'

/** What a run shows of itself on standard error. */
export interface ShowFlags {
  /** Whether only errors are printed. */
  readonly isQuiet: boolean
  readonly isProgressShown: boolean
  readonly summaryForm: (typeof summaryForms)[number]
}

/** @throws {BatchError} USAGE_INVALID */
export function readShowFlags({ switches, texts }: GivenCommand): ShowFlags {
  const isQuiet = switches.quiet === true
  return {
    isQuiet,
    isProgressShown: !isQuiet && switches.progress !== false,
    summaryForm: readChoice(texts.summary ?? 'text', '--summary', summaryForms),
  }
}
