import { isAbsolute, relative } from 'node:path'
import { shellWord } from './shell-word.js'

export interface ResumeCommandOptions {
  readonly batchId: string
  /** Absolute path, or `-`. */
  readonly inputPath: string
  /** Database that was named; absent for llm's own. */
  readonly database?: string | undefined
  /** Folder the command is typed in, for a short path. */
  readonly workingDirectory?: string | undefined
}

/** The exact command that goes on with a batch; all that it does not say is in the batch's record. */
export function resumeCommand(options: ResumeCommandOptions): string {
  const { batchId, database } = options
  const words = ['llm', 'batch', shellWord(inputWord(options))]
  words.push('--resume', '--batch-id', batchId)
  if (database !== undefined) words.push('-d', shellWord(database))
  return words.join(' ')
}

/** A name that could be read as an option, or as a command such as `list`, is written as a path. */
function inputWord({ inputPath, workingDirectory }: ResumeCommandOptions): string {
  if (inputPath === '-' || workingDirectory === undefined) return inputPath
  const short = shownPath(inputPath, workingDirectory)
  return short.startsWith('-') || /^[a-z]+$/.test(short) ? `./${short}` : short
}

/** A path as people name it in a folder: relative to it below it, else absolute. */
export function shownPath(path: string, workingDirectory: string): string {
  if (!isAbsolute(path) || !isAbsolute(workingDirectory)) return path
  const short = relative(workingDirectory, path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}
