import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** Links that a system follows before it reports a circle. */
const mostLinks = 40

/**
 * Follows the links of a path, also to a file that does not exist yet. A write to the result leaves
 * the links as they are.
 *
 * A link to a thing without a path, such as `/dev/fd/3` to a pipe, is returned itself.
 */
export async function resolveLinks(path: string): Promise<string> {
  let place = resolve(path)
  for (let links = 0; links < mostLinks; links += 1) {
    const known = (await orNone(realpath(place))) ?? ((await orNone(stat(place))) && place)
    if (known !== undefined) return known
    const folder = (await orNone(realpath(dirname(place)))) ?? dirname(place)
    const target = await orNone(readlink(place))
    if (target === undefined) return join(folder, basename(place))
    place = resolve(folder, target)
  }
  return place
}

/** Whether two paths lead to the same place. */
export async function isSamePath(path: string, other: string): Promise<boolean> {
  return (
    resolve(path) === resolve(other) || (await resolveLinks(path)) === (await resolveLinks(other))
  )
}

function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch(() => undefined)
}
