import { stat } from 'node:fs/promises'
import { fileIdentity } from '../../disk/file-identity.js'
import { resolveLinks } from '../../disk/resolve-links.js'

/**
 * The identity of an output under any name: its inode, or its path without links if the file does
 * not exist yet. Undefined for a device or a pipe, which may have many writers.
 */
export async function outputIdentity(path: string): Promise<string | undefined> {
  const present = await stat(path).catch(() => undefined)
  if (present === undefined) return resolveLinks(path)
  return present.isFile() ? fileIdentity(path) : undefined
}
