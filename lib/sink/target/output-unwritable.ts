import { dirname } from 'node:path'
import { type BatchError, runError } from '../../error/batch-error.js'

interface Reason {
  readonly what: string
  readonly remedy: string
}

/** An error of the file system in words for people, by its code. */
export function outputUnwritable(path: string, cause: unknown): BatchError {
  const { code, message } = cause as NodeJS.ErrnoException
  const { what, remedy } = reasonFor(code, path) ?? {
    what: message,
    remedy: 'Name another file with --output.',
  }
  return runError('OUTPUT_UNWRITABLE', `Cannot write ${path}: ${what}`, remedy, cause)
}

function reasonFor(code: string | undefined, path: string): Reason | undefined {
  const folder = dirname(path)
  switch (code) {
    case 'ENOENT':
      return { what: `there is no folder ${folder}`, remedy: `Make it first: mkdir -p ${folder}` }
    case 'ENOTDIR':
      return { what: `${folder} is not a folder`, remedy: 'Name another file with --output.' }
    case 'EISDIR':
      return { what: 'it is a folder', remedy: 'Name a file in it.' }
    case 'EACCES':
    case 'EPERM':
      return { what: 'permission denied', remedy: 'Name a file that you may write with --output.' }
    case 'EROFS':
      return { what: 'it is on a read-only disk', remedy: 'Name another file with --output.' }
    case 'ENOSPC':
    case 'EDQUOT':
      return {
        what: 'the disk is full',
        remedy: 'Make room. All records before are whole, and what was answered is recorded.',
      }
    default:
      return undefined
  }
}
