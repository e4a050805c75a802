import { readdir } from 'node:fs/promises'
import type { BatchStore, NewBatch, StoredRun } from '../../lib/port/batch-store.js'
import { type OpenBatchStoreOptions, openBatchStore } from '../../lib/store/open-batch-store.js'
import { queryDatabase } from '../support/query-database.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

type Options = Partial<OpenBatchStoreOptions>

/**
 * Stores on one database of a fresh folder, anew for each test; what it opened is closed after it.
 */
export interface StoresBench {
  readonly workdir: Workdir
  /** Of the database; a test may put it elsewhere. */
  path: string
  readonly open: (options?: Options) => Promise<BatchStore>
  /** The first run of a batch, in a store of its own. */
  readonly begin: (batch: NewBatch, options?: Options) => Promise<StoredRun>
  /** Closes the store that was opened last. */
  readonly closeLast: () => Promise<void>
  readonly closeAll: () => Promise<void>
  /** Rows, as another program reads them. */
  readonly query: (sql: string) => Promise<any[]>
  /** Paths of the journals in the folder. */
  readonly journals: () => Promise<string[]>
}

/** @param options of each store that is opened, unless it is opened with others. */
export function useStores(options: () => Omit<OpenBatchStoreOptions, 'path'>): StoresBench {
  let workdir: Workdir
  let path: string
  let stores: BatchStore[]

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
    stores = []
  })

  afterEach(async () => {
    await closeAll()
    await workdir.remove()
  })

  return {
    get workdir() {
      return workdir
    },
    get path() {
      return path
    },
    set path(elsewhere) {
      path = elsewhere
    },
    open,
    begin: async (batch, changes) => (await (await open(changes)).begin(batch)).start(),
    closeLast: async () => stores.pop()?.close(),
    closeAll,
    query: sql => queryDatabase(path, sql),
    journals: async () =>
      (await readdir(workdir.path))
        .filter(name => name.endsWith('.journal'))
        .map(name => workdir.join(name)),
  }

  async function open(changes: Options = {}): Promise<BatchStore> {
    const store = await openBatchStore({ ...options(), path, ...changes })
    stores.push(store)
    return store
  }

  async function closeAll(): Promise<void> {
    for (const store of stores) await store.close()
    stores = []
  }
}
