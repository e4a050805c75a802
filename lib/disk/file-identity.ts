import { stat } from 'node:fs/promises'

/**
 * The identity of a file: equal for all names of one file. Undefined if the file does not exist.
 */
export async function fileIdentity(path: string): Promise<string | undefined> {
  const present = await stat(path, { bigint: true }).catch(() => undefined)
  return present && `${present.dev}:${present.ino}`
}
