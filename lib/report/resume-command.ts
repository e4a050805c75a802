import { isAbsolute, relative } from 'node:path'
import { namedInputs } from '../config/input-name.js'
import { shellWord } from './shell-word.js'

const mostShown = 3

export interface ResumeCommandOptions {
  readonly batchId: string
  /** Absolute path, or `-`; `inputName` of several. */
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
  const { inputPath, workingDirectory } = options
  const inputs = namedInputs(inputPath).map(path => inputWord(path, workingDirectory))
  const words = program === 'llm-batch' ? ['llm-batch'] : ['llm', 'batch']
  words.push(...inputs.map(shellWord))
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
function inputWord(inputPath: string, workingDirectory: string | undefined): string {
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

/** The inputs of a batch, for people: the first three paths, and how many more there are. */
export function shownInputs(name: string, workingDirectory: string): string {
  const inputs = namedInputs(name)
  const shown = inputs
    .slice(0, mostShown)
    .map(path => (path === '-' ? 'standard input' : shownPath(path, workingDirectory)))
  const further = inputs.length - mostShown
  return further > 0 ? `${shown.join(', ')} and ${further} more` : shown.join(', ')
}
