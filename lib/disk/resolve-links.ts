import { readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** Links that a system follows before it calls them a circle. */
const mostLinks = 40

/**
 * Where a path leads by its links, also to a file that is not there yet: what is written there
 * leaves them links.
 *
 * Links such as `/dev/fd/3` to a pipe lead to what has no other name, and stand for themselves.
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

/** Whether two paths are names of one place. */
export async function isSamePath(path: string, other: string): Promise<boolean> {
  return (
    resolve(path) === resolve(other) || (await resolveLinks(path)) === (await resolveLinks(other))
  )
}

function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch(() => undefined)
}
