import { fileLimit as limitOfProcess } from '../host/file-limit.js'
import type { ModelReference } from '../model/catalog/model-reference.js'

export interface CallsWithinFilesOptions {
  /** Calls at once that the user wants. */
  readonly concurrency: number
  readonly reference: Pick<ModelReference, 'wire'>
  /** Files that the process may have open; undefined when nobody knows. */
  readonly fileLimit?: () => number | undefined
}

export interface CallsWithinFiles {
  readonly concurrency: number
  readonly warnings: readonly string[]
}

/** Files that a run has open beside its connections, with some to spare: about 25 on Linux, half of them Node's own. */
const reservedFiles = 40

/** As many calls at once as there can be connections: one that cannot be opened is no fault of the network's. */
export function callsWithinFiles(options: CallsWithinFilesOptions): CallsWithinFiles {
  const { concurrency, reference, fileLimit = limitOfProcess } = options
  const hasConnections = reference.wire !== 'echo' && reference.wire !== 'gguf'
  const limit = hasConnections && concurrency > 1 ? fileLimit() : undefined
  const most = Math.max(1, (limit ?? Number.POSITIVE_INFINITY) - reservedFiles)
  if (concurrency <= most) return { concurrency, warnings: [] }
  const what = `--concurrency ${concurrency} is lowered to ${most}`
  const why = `each call needs a connection, and this process may have ${limit} files open`
  return { concurrency: most, warnings: [`${what}: ${why}. Raise that with 'ulimit -n'.`] }
}
