import { type Extra, type ExtraName, extraNames, extras } from './extra-list.js'
import { installedFolder, ownFolder } from './find-extra.js'

/** An extra, and where it is. */
export interface ListedExtra extends Extra {
  readonly name: ExtraName
  /** The folder that has all of its packages; undefined if the extra is not installed. */
  readonly folder: string | undefined
}

/** All extras. Those that `loadExtra` can import have a folder. */
export function listExtras(): Promise<readonly ListedExtra[]> {
  return Promise.all(
    extraNames.map(async name => ({ ...extras[name], name, folder: await findExtra(name) })),
  )
}

/** Where an extra is, in our own `node_modules` or in a user folder. */
export async function findExtra(name: ExtraName): Promise<string | undefined> {
  const packages = Object.entries(extras[name].packages)
  const own = await Promise.all(packages.map(([each, version]) => ownFolder(each, version)))
  const [first] = own
  if (first === undefined || own.includes(undefined)) return installedFolder(name)
  return first.slice(0, first.length - (packages[0]?.[0] ?? '').length - 1)
}
