/** What slows a run down at this moment. */
export type Bottleneck =
  | { readonly kind: 'rate-limit' }
  /** All allowed calls are in flight: with more concurrency the run would be faster. */
  | { readonly kind: 'concurrency' }
  /** The server takes fewer calls than the user allows: `limit` at once, or at a slower pace. */
  | { readonly kind: 'server'; readonly limit?: number }
  /** The next call can start in `ms` milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** The input gives rows more slowly than they are answered. */
  | { readonly kind: 'input' }
  /** The output takes answers more slowly than they come. */
  | { readonly kind: 'output' }

/** A bottleneck in a few words, for people. */
export function bottleneckText(bottleneck: Bottleneck | undefined): string | undefined {
  switch (bottleneck?.kind) {
    case undefined:
      return undefined
    case 'rate-limit':
      return 'rate limit'
    case 'concurrency':
      return 'concurrency'
    case 'server':
      return bottleneck.limit === undefined
        ? 'the server'
        : `the server (${bottleneck.limit} at once)`
    case 'wait':
      return `a wait of ${Math.ceil(bottleneck.ms / 1000)} s`
    case 'input':
      return 'the input'
    case 'output':
      return 'the output'
  }
}

/**
 * The least milliseconds until the next call, read from a text of `bottleneckText`; 0 if not known.
 */
export function leastWaitMs(words: string | undefined): number {
  const [, seconds = 0] = /^a wait of (\d+) s$/.exec(words ?? '') ?? []
  return Number(seconds) * 1000
}
