import { Duplex } from 'node:stream'

export interface GroupStageOptions<In, Out> {
  /** Takes a group that was written. */
  readonly take: (group: readonly In[]) => void
  /** Whether one more group may be written. */
  readonly hasRoom: () => boolean
  /** Whether nothing is on its way, so that the stage ends once the input has and all is read. */
  readonly isIdle: () => boolean
  /** Begins what is due; called after every write, read and `advance`. */
  readonly work?: () => void
  /** Called with each group that the reader was given. */
  readonly onPassed?: ((group: readonly Out[]) => void) | undefined
  /** Called when the stage is destroyed; it is gone once this resolves. */
  readonly letGo?: (error: Error | null) => Promise<void> | void
}

export interface GroupStage<Out> {
  readonly stage: Duplex
  /** Puts a group out, after those given before. An empty one is none. */
  readonly give: (group: readonly Out[]) => void
  /** Groups that were given and that wait for the reader. */
  readonly unread: () => number
  /** To be called when what `hasRoom`, `isIdle` or `work` look at has changed. */
  readonly advance: () => void
}

/**
 * A stage that takes groups only while it has room, and gives others when they are ready: object
 * mode both ways, and a chunk is a group.
 *
 * What is ready waits here and not in Node's buffer: Node asks for more just before it takes a
 * chunk out, and then not again until something is pushed, so a stage that finds its buffer full at
 * that moment would wait for ever.
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

  /** A group is out of `ready` before it is pushed: a push may come back here before it returns. */
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
