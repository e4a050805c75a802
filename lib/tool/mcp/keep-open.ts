/** Something that may end by itself. */
export interface Restartable {
  readonly isOpen: () => boolean
  /** Resolves when all is cleared away. May be called again. */
  readonly close: () => Promise<void>
}

export interface KeepOpenOptions<C extends Restartable> {
  readonly first: C
  readonly open: () => Promise<C>
  /** How often it is opened again without a success in between. */
  readonly mostRestarts: number
}

export interface KeptOpen<C> {
  /**
   * Acts on the open connection; opens a new one if the last has ended. What runs when a connection
   * ends is not repeated, because it may have had an effect.
   */
  readonly use: <T>(act: (connection: C) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/**
 * Keeps a connection open that may end at any time. Many users share one connection, and one
 * restart. A success allows all restarts again; so an end now and then does no harm in a long run,
 * and a server that always ends is given up.
 */
export function keepOpen<C extends Restartable>(options: KeepOpenOptions<C>): KeptOpen<C> {
  const { open, mostRestarts } = options
  let current = options.first
  let opening: Promise<C> | undefined
  let restarts = 0
  let isClosed = false

  return {
    async use(act) {
      const connection = await opened()
      const result = await act(connection)
      restarts = 0
      return result
    },
    async close() {
      isClosed = true
      await opening?.catch(() => undefined)
      await current.close()
    },
  }

  function opened(): Promise<C> {
    if (isClosed) return Promise.reject(new Error('it is closed'))
    if (opening !== undefined) return opening
    if (current.isOpen()) return Promise.resolve(current)
    if (restarts >= mostRestarts) {
      return Promise.reject(new Error(`it ended again after ${mostRestarts} restarts`))
    }
    restarts += 1
    opening = reopen().finally(() => {
      opening = undefined
    })
    return opening
  }

  async function reopen(): Promise<C> {
    await current.close()
    current = await open()
    if (isClosed) throw new Error('it is closed')
    return current
  }
}
