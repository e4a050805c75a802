import { resolve } from 'node:path'
import { isFragmentUrl, readFragment } from '../../home/read-fragment.js'
import type { Clock } from '../../port/clock.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import type { Fragment } from '../../row/prompt.js'
import { openStoredFragments } from '../../store/open-stored-fragments.js'

/** Names of fragments, in their order. */
export interface FragmentNames {
  readonly fragments: readonly string[]
  readonly systemFragments: readonly string[]
}

export interface ReadFragmentsOptions {
  /** Path of the database. */
  readonly path: string
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The batch to resume: its pages are not fetched again if the database has them. */
  readonly recorded: StoredBatch | undefined
}

export interface ReadFragments {
  readonly fragments: readonly Fragment[]
  readonly systemFragments: readonly Fragment[]
  /** URL → hash of what was fetched there. Recorded with the batch. */
  readonly fetched: Readonly<Record<string, string>>
}

/**
 * Reads fragments, each once. Only looks at the database: a plan that is refused leaves nothing
 * behind.
 *
 * A page may change between two runs of a batch. So a resumed batch takes the text that it asked
 * about before, if that was logged.
 *
 * @throws {BatchError} FRAGMENT_NOT_FOUND
 */
export async function readFragments(
  names: FragmentNames,
  { path, clock, environment, recorded }: ReadFragmentsOptions,
): Promise<ReadFragments> {
  if (names.fragments.length + names.systemFragments.length === 0) {
    return { fragments: [], systemFragments: [], fetched: {} }
  }
  const { fetched: before = {} } = (recorded?.config ?? {}) as Partial<ReadFragments>
  const stored = await openStoredFragments({ path, clock })
  const known = new Map<string, Promise<Fragment>>()
  try {
    const fragments = await readAll(names.fragments)
    const systemFragments = await readAll(names.systemFragments)
    const urls = [...fragments, ...systemFragments].filter(({ source = '' }) =>
      isFragmentUrl(source),
    )
    const fetched = Object.fromEntries(urls.map(({ source, hash }) => [source, hash]))
    return { fragments, systemFragments, fetched }
  } finally {
    await stored.close()
  }

  function readAll(named: readonly string[]): Promise<readonly Fragment[]> {
    return Promise.all(
      named.map(name => {
        const reading = known.get(name) ?? read(name)
        known.set(name, reading)
        return reading
      }),
    )
  }

  async function read(name: string): Promise<Fragment> {
    const hash = isFragmentUrl(name) && Object.hasOwn(before, name) ? before[name] : undefined
    const asked = hash === undefined ? undefined : await stored.findFragment(hash)
    return asked ?? readFragment(name, { store: stored, fetchText })
  }

  async function fetchText(url: string): Promise<string> {
    const fetching = await import('../../model/transport/fetch-text.js')
    return fetching.fetchText(url, { environment, clock })
  }
}

/**
 * Names as they are recorded: a file by its absolute path.
 *
 * @param fragments the named fragments last, after those of the template.
 */
export function recordedNames(names: readonly string[], fragments: readonly Fragment[]): string[] {
  const ofTemplate = fragments.length - names.length
  return names.map((name, index) => {
    const { source } = fragments[ofTemplate + index] ?? {}
    return source === resolve(name) ? source : name
  })
}
