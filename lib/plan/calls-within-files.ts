import { fileLimit as limitOfProcess } from '../host/file-limit.js'
import type { ModelReference } from '../model/catalog/model-reference.js'

/**
 * Files that a run has open beside its connections, with some to spare: about 25 on Linux, half of
 * them Node's own.
 */
const reservedFiles = 40

/**
 * As many calls at once as the process may open connections; a warning where that is fewer than
 * wanted.
 */
export function callsWithinFiles(
  concurrency: number,
  { wire }: Pick<ModelReference, 'wire'>,
  fileLimit = limitOfProcess,
): { readonly concurrency: number; readonly warnings: readonly string[] } {
  const hasConnections = wire !== 'echo' && wire !== 'gguf'
  const limit = hasConnections && concurrency > 1 ? fileLimit() : undefined
  const most = Math.max(1, (limit ?? Number.POSITIVE_INFINITY) - reservedFiles)
  if (concurrency <= most) return { concurrency, warnings: [] }
  const what = `--concurrency ${concurrency} is lowered to ${most}`
  const why = `each call needs a connection, and this process may have ${limit} files open`
  return { concurrency: most, warnings: [`${what}: ${why}. Raise that with 'ulimit -n'.`] }
}
