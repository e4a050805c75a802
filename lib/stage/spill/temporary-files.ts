import { type FileHandle, mkdtemp, open, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface TemporaryFilesOptions {
  /** Folder of the files. */
  readonly folder: string
  readonly count: number
}

export interface TemporaryFiles {
  readonly handles: readonly FileHandle[]
  readonly close: () => Promise<void>
}

/**
 * Opens files that nobody else can read, and that vanish with the process, however it ends: their
 * names are removed as soon as they are open. On a platform that does not allow that, `close`
 * removes the names.
 */
export async function openTemporaryFiles(options: TemporaryFilesOptions): Promise<TemporaryFiles> {
  const folder = await mkdtemp(join(options.folder, 'llm-batch-')) // made with mode 0700
  const handles: FileHandle[] = []
  try {
    for (let index = 0; index < options.count; index += 1) {
      const path = join(folder, `${index}`)
      handles.push(await open(path, 'wx+', 0o600))
      await unlink(path).catch(() => undefined)
    }
    await removeFolder()
  } catch (error) {
    await close()
    throw error
  }
  return { handles, close }

  async function close(): Promise<void> {
    await Promise.all(handles.splice(0).map(handle => handle.close()))
    await removeFolder()
  }

  async function removeFolder(): Promise<void> {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}
