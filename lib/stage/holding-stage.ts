import { Duplex } from 'node:stream'

export interface HoldingStageOptions<In> {
  /** Takes an item that was written. */
  readonly take: (item: In) => void
  /** Whether one more item may be written. */
  readonly hasRoom: () => boolean
  /** Whether nothing is on its way, so that the stage ends once the input has and all is read. */
  readonly isIdle: () => boolean
  /** Begins what is due; called after every write, read and `advance`. */
  readonly work?: (isInputOver: boolean) => void
  /** Called when the stage is destroyed; it is gone once this resolves. */
  readonly letGo?: (error: Error | null) => Promise<void> | void
}

export interface HoldingStage<Out> {
  readonly stage: Duplex
  /** Puts items out, in the order in which they are given. */
  readonly give: (items: readonly Out[]) => void
  /** Items that were given and that nobody has read. */
  readonly unread: () => number
  /** To be called when what `hasRoom`, `isIdle` or `work` look at has changed. */
  readonly advance: () => void
}

/**
 * A stage that takes items only while it has room, and gives others when they are ready: object mode both ways.
 *
 * What is ready waits here and not in Node's buffer: Node asks for more just before it takes an item out, and then
 * not again until something is pushed, so a stage that finds its buffer full at that moment would wait for ever.
 */
export function holdingStage<In, Out>(options: HoldingStageOptions<In>): HoldingStage<Out> {
  const { take, hasRoom, isIdle, work, letGo } = options
  let ready: readonly Out[] = []
  let isReaderReady = false
  let acceptNext: (() => void) | undefined
  let finish: (() => void) | undefined

  const stage = new Duplex({
    objectMode: true,
    write(item: In, _encoding, done) {
      acceptNext = done
      take(item)
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
      void Promise.resolve(letGo?.(error)).then(() => done(error))
    },
  })
  return { stage, give, unread: () => ready.length, advance }

  function give(items: readonly Out[]): void {
    ready = ready.length === 0 ? items : ready.concat(items)
    advance()
  }

  function advance(): void {
    if (stage.destroyed) return
    pushReady()
    work?.(finish !== undefined)
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

  function pushReady(): void {
    let pushed = 0
    while (isReaderReady && pushed < ready.length) {
      isReaderReady = stage.push(ready[pushed])
      pushed += 1
    }
    if (pushed > 0) ready = ready.slice(pushed)
  }
}
