import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * What an output is whatever its name, so that two names of one file are found out: its inode, or for one that is not
 * there yet, its place. Undefined for a device or a pipe, which takes any number of writers.
 */
export async function outputIdentity(path: string): Promise<string | undefined> {
  const present = await stat(path, { bigint: true }).catch(() => undefined)
  if (present !== undefined) return present.isFile() ? `${present.dev}:${present.ino}` : undefined
  const folder = dirname(path)
  return join(await realpath(folder).catch(() => folder), basename(path))
}
