import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ExtraName, extras } from './extra-list.js'
import { fitsVersion } from './fits-version.js'

/** The module in an installed extra that imports for us; see `importerSource`. */
export const importerName = 'import.mjs'

/**
 * A specifier is resolved from the file that imports it, so an extra has a file of its own that
 * imports. Node has no other way to import an ES module by its name from another folder.
 */
export const importerSource = 'export const importPackage = name => import(name)\n'

/** Folders that have installed extras, in the order in which they came to be known. */
const roots = new Set<string>()

/** The folder of extras in a user folder. */
export function extrasRoot(userFolder: string): string {
  return join(userFolder, 'llm-batch-extras')
}

/**
 * Makes the extras of a user folder known to this process, for `loadExtra`. A module is loaded once
 * a process, so the process is what has extras, and not a batch.
 */
export function useExtrasOf(userFolder: string): void {
  roots.add(extrasRoot(userFolder))
}

/**
 * The folder of an extra below a root. The name stands for the versions and the machine, so another
 * version of ours, or another machine that shares the user folder, does not find wrong packages.
 */
export function extraFolder(root: string, name: ExtraName): string {
  const { packages } = extras[name]
  const identity = JSON.stringify([packages, platform(), arch()])
  return join(root, `${name}-${createHash('sha256').update(identity).digest('hex').slice(0, 8)}`)
}

/** The folder of an installed extra. An installation is renamed into place when it is whole. */
export async function installedFolder(name: ExtraName): Promise<string | undefined> {
  for (const root of roots) {
    const folder = extraFolder(root, name)
    if (await isThere(join(folder, importerName))) return folder
  }
  return undefined
}

/**
 * The folder of a package that Node finds from our own code: in our checkout, beside our package,
 * or in the project that depends on us. Undefined if Node finds none, or a version that does not
 * fit.
 */
export async function ownFolder(
  packageName: string,
  version: string | undefined,
): Promise<string | undefined> {
  let above = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const folder = join(above, 'node_modules', packageName)
    const found = await versionIn(folder)
    if (found !== undefined) return isFit(found, version) ? folder : undefined
    if (dirname(above) === above) return undefined
    above = dirname(above)
  }
}

function isFit(found: string, wanted: string | undefined): boolean {
  return wanted !== undefined && fitsVersion(found, wanted)
}

/** The version of the package in a folder. */
async function versionIn(folder: string): Promise<string | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
