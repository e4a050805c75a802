import { fileLimit as limitOfProcess } from '../../host/file-limit.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'

/** How many calls may be in flight at once. */
export interface CallsAtOnce {
  /** The most calls in flight: connections, or texts that are generated together. */
  readonly concurrency: number
  /** Whether the number of calls in flight is found while the batch runs. */
  readonly isConcurrencyAuto: boolean
  readonly warnings: readonly string[]
}

/**
 * Files that a run has open beside its connections, with some to spare: about 25 on Linux, half of
 * them Node's own.
 */
const reservedFiles = 40

/** The most calls that `auto` tries. A server that takes more is rare, and memory has a number. */
const mostOfAuto = 1_000
/**
 * What `auto` means where calls use no network: a GGUF file allocates its texts before the first
 * call, and `echo` answers at once.
 */
const autoWithoutNetwork = { gguf: 4, echo: 64 } as const

/**
 * As many calls at once as the process may open connections; a warning where that is fewer than
 * wanted.
 */
export function callsWithinFiles(
  wanted: number | 'auto',
  { wire }: Pick<ModelReference, 'wire'>,
  fileLimit = limitOfProcess,
): CallsAtOnce {
  const isAuto = wanted === 'auto'
  if (wire === 'echo' || wire === 'gguf') {
    const concurrency = isAuto ? autoWithoutNetwork[wire] : wanted
    return { concurrency, isConcurrencyAuto: false, warnings: [] }
  }
  const concurrency = isAuto ? mostOfAuto : wanted
  const limit = concurrency > 1 ? fileLimit() : undefined
  const most = Math.max(1, (limit ?? Number.POSITIVE_INFINITY) - reservedFiles)
  if (isAuto || concurrency <= most) {
    return { concurrency: Math.min(concurrency, most), isConcurrencyAuto: isAuto, warnings: [] }
  }
  const what = `--concurrency ${concurrency} is lowered to ${most}`
  const why = `each call needs a connection, and this process may have ${limit} files open`
  const warning = `${what}: ${why}. Raise that with 'ulimit -n'.`
  return { concurrency: most, isConcurrencyAuto: false, warnings: [warning] }
}
