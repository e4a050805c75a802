import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from '../disk/make-folder.js'
import { type BatchError, runError } from '../error/batch-error.js'

export interface WriteHomeFileOptions {
  /** Whether only the owner may read the file, though others could before. */
  readonly isSecret?: boolean
}

/**
 * Writes a file of the user's folder, whole or not at all, and the folders above the file if they
 * do not exist. Only their owner can read what is new. An existing file keeps its mode.
 *
 * @throws {BatchError} HOME_FILE_INVALID if the file cannot be written.
 */
export async function writeHomeFile(
  path: string,
  text: string,
  { isSecret = false }: WriteHomeFileOptions = {},
): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic')
  try {
    await makeFolder(dirname(path))
    // write-file-atomic takes the mode of an existing file if it gets none.
    const isNew = isSecret || (await stat(path).catch(() => undefined)) === undefined
    await writeFileAtomic(path, text, isNew ? { mode: 0o600 } : {})
  } catch (error) {
    throw homeFileUnwritable(path, error)
  }
}

/**
 * Makes a folder of the user's folder, and missing folders above it, for their owner only.
 *
 * @throws {BatchError} HOME_FILE_INVALID if the folder cannot be made.
 */
export async function makeHomeFolder(path: string): Promise<void> {
  await makeFolder(path).catch(error => {
    throw homeFileUnwritable(path, error)
  })
}

export function homeFileUnwritable(path: string, cause: unknown): BatchError {
  return runError(
    'HOME_FILE_INVALID',
    `Cannot write ${path}: ${reasonOf(cause as NodeJS.ErrnoException)}`,
    'Make the folder writable, or set LLM_USER_PATH to another folder.',
    cause,
  )
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EEXIST':
    case 'ENOTDIR':
      return 'a part of its path is not a folder'
    case 'ENOENT':
      return 'its folder cannot be made'
    case 'EISDIR':
      return 'it is a folder'
    case 'EROFS':
      return 'it is on a read-only disk'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full'
    default:
      return message
  }
}
