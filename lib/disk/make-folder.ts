import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and missing folders above it, for their owner only.
 *
 * Does not use `recursive`: below /proc, where nothing can be made, Node 20.20 tries for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path)
  } catch (error) {
    const above = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error
    await makeFolder(above)
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    // The folder exists if it can be listed. A file in its place cannot be listed.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    await access(`${path}/.`)
  }
}
