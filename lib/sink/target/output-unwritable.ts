import { dirname } from 'node:path'
import { type BatchError, runError } from '../../error/batch-error.js'

/** An error of the file system in words for people, by its code. */
export function outputUnwritable(path: string, cause: unknown): BatchError {
  const { code, message } = cause as NodeJS.ErrnoException
  const [fault, remedy] = reasonFor(code, dirname(path)) ?? [message, otherFile]
  return runError('OUTPUT_UNWRITABLE', `Cannot write ${path}: ${fault}`, remedy, cause)
}

const otherFile = 'Name another file with --output.'

function reasonFor(
  code: string | undefined,
  folder: string,
): readonly [fault: string, remedy: string] | undefined {
  switch (code) {
    case 'ENOENT':
      return [`there is no folder ${folder}`, `Make it first: mkdir -p ${folder}`]
    case 'ENOTDIR':
      return [`${folder} is not a folder`, otherFile]
    case 'EISDIR':
      return ['it is a folder', 'Name a file in it.']
    case 'EACCES':
    case 'EPERM':
      return ['permission denied', 'Name a file that you may write with --output.']
    case 'EROFS':
      return ['it is on a read-only disk', otherFile]
    case 'ENOSPC':
    case 'EDQUOT':
      return [
        'the disk is full',
        'Free some space. All earlier rows are whole, and all answers are recorded.',
      ]
    default:
      return undefined
  }
}
