import { isAbsolute, relative } from 'node:path'
import { shellWord } from './shell-word.js'

export interface ResumeCommandOptions {
  readonly batchId: string
  /** Absolute path, or `-`. */
  readonly inputPath: string
  /** Path that `--database` named; absent for llm's own database. */
  readonly database?: string | undefined
  /** A higher cap of the cost, in US dollars. */
  readonly maxCostUsd?: number | undefined
  /** The name that the program was called by; `llm` if absent. */
  readonly program?: string | undefined
  /** The working directory, for a short path. */
  readonly workingDirectory?: string | undefined
}

/** The exact command that resumes a batch. Everything else is recorded with the batch. */
export function resumeCommand(options: ResumeCommandOptions): string {
  const { batchId, database, maxCostUsd, program } = options
  const words = program === 'llm-batch' ? ['llm-batch'] : ['llm', 'batch']
  words.push(shellWord(inputWord(options)))
  words.push('--resume', '--batch-id', batchId)
  if (maxCostUsd !== undefined) words.push('--max-cost', usdWord(maxCostUsd))
  if (database !== undefined) words.push('-d', shellWord(database))
  return words.join(' ')
}

/** Without an exponent, which the option does not take. */
function usdWord(usd: number): string {
  return usd.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 15 })
}

/** A name that looks like an option, or like a command such as `list`, is written as a path. */
function inputWord({ inputPath, workingDirectory }: ResumeCommandOptions): string {
  if (inputPath === '-' || workingDirectory === undefined) return inputPath
  const short = shownPath(inputPath, workingDirectory)
  return short.startsWith('-') || /^[a-z]+$/.test(short) ? `./${short}` : short
}

/** A path relative to the working directory if it lies below, else absolute. */
export function shownPath(path: string, workingDirectory: string): string {
  if (!isAbsolute(path) || !isAbsolute(workingDirectory)) return path
  const short = relative(workingDirectory, path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}
