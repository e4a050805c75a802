import { stat } from 'node:fs/promises'
import { fileIdentity } from '../../disk/file-identity.js'
import { resolveLinks } from '../../disk/resolve-links.js'

/**
 * What an output is whatever its name, so that two names of one file are found out: its inode, or
 * for one that is not there yet, its place. Undefined for a device or a pipe, which takes any
 * number of writers.
 */
export async function outputIdentity(path: string): Promise<string | undefined> {
  const present = await stat(path).catch(() => undefined)
  if (present === undefined) return resolveLinks(path)
  return present.isFile() ? fileIdentity(path) : undefined
}
