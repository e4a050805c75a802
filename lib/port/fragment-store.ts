import type { Fragment } from '../row/prompt.js'

/** Fragments that llm keeps in its database. */
export interface FragmentStore {
  /** By alias, else by full hash; undefined when there is none. */
  readonly findFragment: (aliasOrHash: string) => Promise<Fragment | undefined>
  /** Aliases there are, for "did you mean". */
  readonly listAliases: () => Promise<readonly string[]>
}
