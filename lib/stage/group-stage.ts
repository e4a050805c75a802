import { Duplex } from 'node:stream'

export interface GroupStageOptions<In, Out> {
  /** Takes a written group. */
  readonly take: (group: readonly In[]) => void
  /** Whether another group may be written. */
  readonly hasRoom: () => boolean
  /**
   * Whether the stage holds nothing. If so, the stage ends after its input has ended and everything
   * is read.
   */
  readonly isIdle: () => boolean
  /** Starts what is due. Called after every write, read and `advance`. */
  readonly work?: () => void
  /** Called with each group that the reader gets. */
  readonly onPassed?: ((group: readonly Out[]) => void) | undefined
  /** Called when the stage is destroyed. The stage closes after the promise resolves. */
  readonly letGo?: (error: Error | null) => Promise<void> | void
}

export interface GroupStage<Out> {
  readonly stage: Duplex
  /** Gives a group to the reader, after earlier groups. An empty group is ignored. */
  readonly give: (group: readonly Out[]) => void
  /** Groups that wait for the reader. */
  readonly unread: () => number
  /** Call this when the result of `hasRoom`, `isIdle` or `work` may have changed. */
  readonly advance: () => void
}

/**
 * A stage that takes groups only while it has room, and gives groups when they are ready. Object
 * mode on both sides; a chunk is a group.
 *
 * Ready groups wait here, not in Node's buffer: Node asks for more just before it takes a chunk
 * out, and not again until something is pushed. A stage whose buffer is full at that moment would
 * wait for ever.
 */
export function groupStage<In, Out>(options: GroupStageOptions<In, Out>): GroupStage<Out> {
  const { take, hasRoom, isIdle, work, onPassed, letGo } = options
  const ready: (readonly Out[])[] = []
  let isReaderReady = false
  let acceptNext: (() => void) | undefined
  let finish: (() => void) | undefined

  const stage = new Duplex({
    objectMode: true,
    writableHighWaterMark: 1,
    readableHighWaterMark: 1,
    write(group: readonly In[], _encoding, done) {
      if (group.length === 0) return done()
      acceptNext = done
      take(group)
      advance()
    },
    final(done) {
      finish = done
      advance()
    },
    read() {
      isReaderReady = true
      advance()
    },
    destroy(error, done) {
      const gone = (async () => letGo?.(error))()
      gone.then(
        () => done(error),
        failure => done(error ?? failure),
      )
    },
  })
  return { stage, give, unread: () => ready.length, advance }

  function give(group: readonly Out[]): void {
    if (group.length > 0) ready.push(group)
    advance()
  }

  function advance(): void {
    if (stage.destroyed) return
    pushReady()
    work?.()
    if (acceptNext !== undefined && hasRoom()) {
      const accept = acceptNext
      acceptNext = undefined
      accept()
    }
    if (finish !== undefined && ready.length === 0 && isIdle()) {
      const finished = finish
      finish = undefined
      stage.push(null)
      finished()
    }
  }

  /**
   * A group leaves `ready` before the push, because a push may call this again before it returns.
   */
  function pushReady(): void {
    while (isReaderReady) {
      const group = ready.shift()
      if (group === undefined) return
      isReaderReady = false
      if (stage.push(group)) isReaderReady = true
      onPassed?.(group)
    }
  }
}
