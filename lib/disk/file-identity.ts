import { stat } from 'node:fs/promises'

/**
 * What a file is, whatever its name: two names with the same identity are of one file. Undefined
 * where there is none.
 */
export async function fileIdentity(path: string): Promise<string | undefined> {
  const present = await stat(path, { bigint: true }).catch(() => undefined)
  return present && `${present.dev}:${present.ino}`
}
