import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { runError } from '../error/batch-error.js'

/**
 * Refuses a database in a folder that does not exist, because a misspelt path would make an empty
 * record at another place. Only for a path that somebody wrote: llm's own folder is made.
 *
 * @param database the path as written.
 * @throws {BatchError} DATABASE_UNUSABLE, reach run.
 */
export async function checkDatabaseFolder(database: string): Promise<void> {
  const folder = dirname(database)
  try {
    await stat(resolve(folder))
  } catch (error) {
    // What else is wrong with the folder is reported when the database is opened.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return
    throw runError(
      'DATABASE_UNUSABLE',
      `The database ${database} cannot be used: there is no folder ${folder}`,
      `Make it first: mkdir -p ${folder}`,
      error,
    )
  }
}
