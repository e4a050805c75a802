import type { EventEmitter } from 'node:events'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Opens a file that nobody else can read, and that vanishes with the process, however it ends: its
 * name is removed as soon as the file is open. On a platform that does not allow that, the name is
 * removed when the file is closed.
 *
 * @param parent the folder in which it takes its space.
 */
export async function openTemporaryFile(parent: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(parent, 'llm-batch-')) // made with mode 0700
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  try {
    const file = await open(join(folder, 'rows'), 'wx+', 0o600)
    await removeFolder().catch(() => {
      const emitter = file as unknown as EventEmitter // The types do not say so.
      emitter.once('close', () => removeFolder().catch(() => undefined))
    })
    return file
  } catch (error) {
    await removeFolder().catch(() => undefined)
    throw error
  }
}
