/** What holds a run back at this moment. */
export type Bottleneck =
  | { readonly kind: 'rate-limit' }
  /** All allowed calls are in flight: more concurrency would be more speed. */
  | { readonly kind: 'concurrency' }
  /** The server takes fewer calls than allowed: so many at once, or with a moment between them. */
  | { readonly kind: 'server'; readonly limit?: number }
  /** Nothing can be called before this long has passed. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Rows come in slower than they are answered. */
  | { readonly kind: 'input' }
  /** Answers are taken slower than they come. */
  | { readonly kind: 'output' }

/** A hold-up in a few words, for people. */
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
 * Milliseconds that pass at the least before anything can be called, as far as `bottleneckText`
 * says so.
 */
export function leastWaitMs(words: string | undefined): number {
  const [, seconds = 0] = /^a wait of (\d+) s$/.exec(words ?? '') ?? []
  return Number(seconds) * 1000
}
