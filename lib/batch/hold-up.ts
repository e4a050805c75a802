/** What holds a run back at this moment. */
export type HoldUp =
  | { readonly kind: 'rate-limit' }
  /** All allowed calls are in flight: more concurrency would be more speed. */
  | { readonly kind: 'concurrency' }
  /** The server refuses calls, so fewer than allowed are made. */
  | { readonly kind: 'server'; readonly limit: number }
  /** Nothing can be called before this long has passed. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Rows come in slower than they are answered. */
  | { readonly kind: 'input' }
  /** Answers are taken slower than they come. */
  | { readonly kind: 'output' }

/** A hold-up in a few words, for people. */
export function holdUpWords(holdUp: HoldUp | undefined): string | undefined {
  switch (holdUp?.kind) {
    case undefined:
      return undefined
    case 'rate-limit':
      return 'rate limit'
    case 'concurrency':
      return 'concurrency'
    case 'server':
      return `the server (${holdUp.limit} at once)`
    case 'wait':
      return `a wait of ${Math.ceil(holdUp.ms / 1000)} s`
    case 'input':
      return 'the input'
    case 'output':
      return 'the output'
  }
}
