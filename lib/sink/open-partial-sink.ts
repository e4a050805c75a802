import { chmod, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { resolveLinks } from '../disk/resolve-links.js'
import { BatchError } from '../error/batch-error.js'
import type { CloseSinkOptions, RowSink } from '../port/row-sink.js'
import { chooseOutputFormat } from './choose-output-format.js'
import { isClosed, mendDocument } from './document/mend-document.js'
import { type OpenSinkOptions, openSink } from './open-sink.js'
import { checkReplaceable } from './target/open-file-target.js'
import { outputUnwritable } from './target/output-unwritable.js'
import { partialPath } from './target/partial-path.js'

export interface OpenPartialSinkOptions extends OpenSinkOptions {
  readonly path: string
  /**
   * Whose output it is; part of the name of what is written beside it, so that it is nobody else's.
   */
  readonly batchId: string
  /**
   * Whether the old output may be torn: it is the batch's own, and a process that ran it was
   * killed.
   */
  readonly isTorn: boolean
}

/**
 * Writes an output anew beside the old one, as `PATH.ID.partial`, and puts it in the old one's
 * place when it is whole.
 *
 * Until then the old file stays as it is. What is not whole at the end is removed, since all of it
 * is recorded; but where the old file is gone, the new one is better as it is, and so it is where a
 * kill tore the old one, unless that holds more: then its torn end is cut off. The new file can be
 * read by whom the old one could, and a link leads to it as before. What holds nothing (a device, a
 * pipe) has nothing to keep: it is written to at once.
 *
 * @throws {BatchError} as `openSink`.
 */
export async function openPartialSink(options: OpenPartialSinkOptions): Promise<RowSink> {
  const { batchId, isTorn, confirm } = options
  const format = chooseOutputFormat(options)
  const path = await resolveLinks(options.path)
  await checkReplaceable(options)
  const old = await stat(path).catch(() => undefined)
  if (old !== undefined && !old.isFile()) return openSink({ ...options, format, overwrite: true })
  const partial = partialPath(path, batchId)
  await confirm?.()
  await rm(partial, { force: true }).catch(error => {
    throw outputUnwritable(partial, error)
  })
  const sink = await openSink({ ...options, path: partial, format, overwrite: true })
  // A file system without modes has none to keep.
  if (old !== undefined) await chmod(partial, old.mode & 0o7777).catch(() => undefined)
  let closed: Promise<void> | undefined
  let isInPlace = false
  return {
    ...sink,
    path: resolve(options.path),
    isInPlace: () => isInPlace,
    isGone: () => old === undefined && !isInPlace,
    close({ discard = false, ...options } = {}) {
      closed ??= discard ? remove() : close(options)
      return closed
    },
  }

  async function close({ isWhole = false, ...options }: CloseSinkOptions): Promise<void> {
    try {
      await sink.close({ isWhole, ...options })
    } catch (error) {
      // Torn by a full disk, it is of no use, and only in the way.
      await removeOurs().catch(() => undefined)
      throw error
    }
    await confirm?.()
    if (!isWhole && !(await isBetter())) return remove()
    await rename(partial, path).catch(error => {
      throw outputUnwritable(path, error)
    })
    isInPlace = true
  }

  async function remove(): Promise<void> {
    await sink.close()
    await removeOurs().catch(error => {
      throw BatchError.isInstance(error) ? error : outputUnwritable(path, error)
    })
  }

  /**
   * A process that went on with the batch while this one stood still writes under the same name.
   */
  async function removeOurs(): Promise<void> {
    await confirm?.()
    if (!sink.isGone?.()) await rm(partial, { force: true })
  }

  async function isBetter(): Promise<boolean> {
    const present = await stat(path).catch(() => undefined)
    if (present === undefined) return sink.rowsWritten() > 0 && !sink.isGone?.()
    return isTorn && (await isBetterThanTorn(present.size))
  }

  /** Whichever has more stays, and both are valid then. */
  async function isBetterThanTorn(size: number): Promise<boolean> {
    try {
      if (await isClosed(path, format)) return false
      const isOurs = sink.rowsWritten() > 0 && !sink.isGone?.()
      if (isOurs && (await stat(partial)).size >= size) return true
      await mendDocument(path, format)
      return false
    } catch (error) {
      await remove()
      throw outputUnwritable(path, error)
    }
  }
}
