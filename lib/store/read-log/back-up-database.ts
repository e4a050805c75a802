import { open, rm, stat } from 'node:fs/promises'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { Database } from '../database/database.js'

/** Another process may write to the database while it is copied; then the copy starts again. */
const mostTries = 5

/**
 * Copies a database to a file with `VACUUM INTO`, so the copy is whole and has no unused pages. The
 * copy can be read by its owner only.
 *
 * @throws {BatchError} OUTPUT_EXISTS, OUTPUT_UNWRITABLE, DATABASE_UNUSABLE; then nothing is left at
 * `path`.
 */
export async function backUpDatabase(database: Database, path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await makeEmpty(path)
    try {
      await database.run('VACUUM INTO ?', [path])
      return
    } catch (error) {
      const isHalf = ((await stat(path).catch(() => undefined))?.size ?? 0) > 0
      await rm(path, { force: true })
      // A copy of a file that changed meanwhile is dropped, and the next try finds it there.
      if (!isHalf || tries === mostTries) throw error
    }
  }
}

async function makeEmpty(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close()
  } catch (error) {
    throw targetUnusable(path, error as NodeJS.ErrnoException)
  }
}

function targetUnusable(path: string, cause: NodeJS.ErrnoException): BatchError {
  if (cause.code === 'EEXIST') {
    return runError(
      'OUTPUT_EXISTS',
      `There is a file at ${path} already.`,
      'Name a file that does not exist.',
      cause,
    )
  }
  const reason = cause.code === 'ENOENT' ? 'its folder does not exist' : cause.message
  return runError(
    'OUTPUT_UNWRITABLE',
    `The backup ${path} cannot be written: ${reason}.`,
    'Name a file in a folder that exists and is writable.',
    cause,
  )
}
