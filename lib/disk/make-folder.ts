import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it that are not there, for their owner only.
 *
 * Not by `recursive`: below /proc, where nothing can be made and nothing is there, Node 20.20 tries
 * for ever.
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
    // It is there, if it can be looked into; a file in its place cannot.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    await access(`${path}/.`)
  }
}
