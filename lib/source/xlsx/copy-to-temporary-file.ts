import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { runError } from '../../error/batch-error.js'

export interface CopyToTemporaryFileOptions {
  /** Folder of the file. */
  readonly folder: string
  readonly signal: AbortSignal
}

/**
 * Writes a stream to a temporary file that nobody else can read, and that vanishes with the
 * process, however it ends: its name is removed as soon as the file is open. The caller closes the
 * file.
 *
 * Errors of the stream are passed on.
 *
 * @throws {BatchError} INPUT_UNREADABLE, reach `run`, if there is no room for the file.
 */
export async function copyToTemporaryFile(
  bytes: Readable,
  { folder, signal }: CopyToTemporaryFileOptions,
): Promise<FileHandle> {
  const file = await openNameless(folder).catch(cannotKeep)
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
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

async function openNameless(parent: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(parent, 'llm-batch-')) // made with mode 0700
  try {
    return await open(join(folder, 'input'), 'wx+', 0o600)
  } finally {
    // Some systems cannot remove an open file; they clean up later.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}
