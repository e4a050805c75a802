import { access } from 'node:fs/promises'

/** Whether anything can be found at a path. */
export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
