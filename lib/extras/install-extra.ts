import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../disk/make-folder.js'
import { BatchError, runError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import { type ExtraName, extras } from './extra-list.js'
import { extraFolder, extrasRoot, importerName, importerSource, isThere } from './find-extra.js'
import { type RunNpmOptions, runNpm } from './run-npm.js'

export interface InstallExtraOptions extends Omit<RunNpmOptions, 'folder'> {
  readonly userFolder: string
  readonly clock: Clock
}

/** An installation that is left behind is removed after this time. The slowest takes an hour. */
const leftAfterMs = 24 * 60 * 60 * 1000
const begun = '.begun-'

/**
 * Installs an extra into the user folder, unless it is there.
 *
 * An installation is made aside and renamed into place when it is whole. So an interrupted one
 * leaves nothing that could be taken for an extra. Of two at the same time, the faster one counts.
 *
 * @returns the folder.
 * @throws {BatchError} as `runNpm`, HOME_FILE_INVALID for a folder that cannot be written, and
 * RUN_INTERRUPTED if `signal` aborts.
 */
export async function installExtra(name: ExtraName, options: InstallExtraOptions): Promise<string> {
  const { userFolder, clock, signal } = options
  const root = extrasRoot(userFolder)
  const folder = extraFolder(root, name)
  if (await isInstalled(folder)) return folder
  let aside: string | undefined
  try {
    await makeFolder(root)
    await removeLeft(root, clock.nowMs() - leftAfterMs)
    aside = await mkdtemp(join(root, begun))
    const { packages: dependencies } = extras[name]
    const asked = { private: true, dependencies }
    await writeFile(join(aside, 'package.json'), `${JSON.stringify(asked, undefined, 2)}\n`)
    await runNpm({ ...options, folder: aside })
    if (signal.aborted) throw runError('RUN_INTERRUPTED', 'Interrupted: nothing was installed')
    await writeFile(join(aside, importerName), importerSource)
    await rename(aside, folder)
    return folder
  } catch (error) {
    if (aside !== undefined) await rm(aside, { recursive: true, force: true, maxRetries: 3 })
    // Another installation was faster, and is whole.
    if (await isInstalled(folder)) return folder
    throw BatchError.isInstance(error) ? error : unwritable(root, error)
  }
}

/** Removes an extra, in all versions, from the user folder. Tells whether there was one. */
export async function removeExtra(name: ExtraName, userFolder: string): Promise<boolean> {
  const root = extrasRoot(userFolder)
  const found = (await namesIn(root)).filter(each => each.replace(/-[0-9a-f]{8}$/, '') === name)
  for (const each of found) {
    // Renamed first, so that nobody finds a part of it.
    const aside = join(root, `${begun}${each}`)
    try {
      await rm(aside, { recursive: true, force: true })
      await rename(join(root, each), aside)
      await rm(aside, { recursive: true, force: true, maxRetries: 3 })
    } catch (error) {
      throw unwritable(root, error)
    }
  }
  return found.length > 0
}

/** Whether an installation in a folder is whole. */
function isInstalled(folder: string): Promise<boolean> {
  return isThere(join(folder, importerName))
}

async function removeLeft(root: string, beforeMs: number): Promise<void> {
  for (const name of await namesIn(root)) {
    if (!name.startsWith(begun)) continue
    const path = join(root, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined || found.mtimeMs > beforeMs) continue
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}

function unwritable(folder: string, cause: unknown): BatchError {
  return runError(
    'HOME_FILE_INVALID',
    `Cannot write ${folder}: ${(cause as Error).message}`,
    'Make the folder writable, or set LLM_USER_PATH to another folder.',
    cause,
  )
}
