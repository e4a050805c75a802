import type { Fragment } from '../row/prompt.js'

/** Fragments that llm keeps in its database. */
export interface FragmentStore {
  /** Finds a fragment by alias, else by full hash. */
  readonly findFragment: (aliasOrHash: string) => Promise<Fragment | undefined>
  /** All aliases, for "did you mean". */
  readonly listAliases: () => Promise<readonly string[]>
}
