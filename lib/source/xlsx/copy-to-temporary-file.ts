import type { FileHandle } from 'node:fs/promises'
import { openTemporaryFile } from '../../disk/open-temporary-file.js'
import { runError } from '../../error/batch-error.js'

/**
 * Writes bytes to a temporary file of `openTemporaryFile`. The caller closes the file.
 *
 * Errors of the input are passed on.
 *
 * @throws {BatchError} INPUT_UNREADABLE, reach `run`, if there is no room for the file.
 */
export async function copyToTemporaryFile(
  bytes: AsyncIterable<Buffer>,
  folder: string,
  signal: AbortSignal,
): Promise<FileHandle> {
  const file = await openTemporaryFile(folder).catch(cannotKeep)
  try {
    for await (const chunk of bytes) {
      signal.throwIfAborted()
      await file.appendFile(chunk).catch(cannotKeep)
    }
    signal.throwIfAborted()
    return file
  } catch (error) {
    await file.close()
    throw error
  }

  function cannotKeep(cause: unknown): never {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException
    throw runError(
      'INPUT_UNREADABLE',
      `Cannot keep the input in ${folder} while it is read: ${code}`,
      'Free some space there, set TMPDIR to another folder, or save the input as CSV.',
      cause,
    )
  }
}
