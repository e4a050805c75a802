/** What slows a run down at this moment. */
export type Bottleneck =
  /** The next call waits for a limit of the provider, or (without a provider) of the user. */
  | {
      readonly kind: 'limit'
      /** In words: `tokens per minute`. */
      readonly what: string
      readonly provider?: string | undefined
      /** Whether the last call cost more than the limit of a minute, so that the wait is long. */
      readonly isAfterLargeCall?: boolean | undefined
      /** Milliseconds until the call may start; infinite if that is not known. */
      readonly ms: number
    }
  /**
   * All allowed calls are in flight: with more concurrency the run would be faster. With `auto`,
   * `found` of them.
   */
  | { readonly kind: 'concurrency'; readonly found?: number }
  /** The server takes fewer calls at once than the user allows. */
  | { readonly kind: 'server'; readonly limit: number }
  /** The attachments of the calls in flight fill the room that there is for them. */
  | { readonly kind: 'attachments' }
  /** The next attempt can start in `ms` milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Until calls in flight end, another could pass the cap of the cost. */
  | { readonly kind: 'cost-cap' }
  /** The input gives rows more slowly than they are answered. */
  | { readonly kind: 'input' }
  /** The output takes answers more slowly than they come. */
  | { readonly kind: 'output' }

/** How another terminal knows that a batch is held by its cap. */
export const costCapText = 'waiting for room under --max-cost'

/**
 * A bottleneck in a few words, for people: the same words on the terminal of the run, in the
 * database, and in `llm batch status`.
 */
export function bottleneckText(bottleneck: Bottleneck | undefined): string | undefined {
  switch (bottleneck?.kind) {
    case undefined:
      return undefined
    case 'limit': {
      const { what, provider = 'your limit', ms } = bottleneck
      const why = bottleneck.isAfterLargeCall ? ' after a call above the limit' : ''
      return `waiting for ${what} (${provider})${why}${waitText(ms)}`
    }
    case 'concurrency':
      return bottleneck.found === undefined
        ? 'held by the concurrency'
        : `held by the concurrency (auto, ${bottleneck.found} now)`
    case 'server':
      return `held by the server (${bottleneck.limit} at once)`
    case 'attachments':
      return 'held by the room for attachments'
    case 'wait':
      return `waiting for the next attempt${waitText(bottleneck.ms)}`
    case 'cost-cap':
      return costCapText
    case 'input':
      return 'waiting for input'
    case 'output':
      return 'waiting for the output'
  }
}

function waitText(ms: number): string {
  return Number.isFinite(ms) ? `, ${Math.ceil(ms / 1000)} s` : ''
}

/**
 * The least milliseconds until the next call, read from a text of `bottleneckText`; 0 if not known.
 */
export function leastWaitMs(words: string | undefined): number {
  const [, seconds = 0] = /, (\d{1,9}) s$/.exec(words ?? '') ?? []
  return Number(seconds) * 1000
}
