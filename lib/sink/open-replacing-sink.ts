import { chmod, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { resolveLinks } from '../disk/resolve-links.js'
import { BatchError } from '../error/batch-error.js'
import { type CloseSinkOptions, isPacked, type RowSink } from '../port/row-sink.js'
import { chooseOutputFormat } from './choose-output-format.js'
import { isClosed, mendDocument } from './document/mend-document.js'
import { type OpenSinkOptions, openSink } from './open-sink.js'
import { checkReplaceable } from './target/open-file-target.js'
import { outputUnwritable } from './target/output-unwritable.js'
import { partialPath } from './target/partial-path.js'

export interface OpenReplacingSinkOptions extends OpenSinkOptions {
  readonly path: string
  /**
   * The batch of the output. Part of the partial file's name, so that no other batch uses that
   * file.
   */
  readonly batchId: string
  /** Whether the old output may be torn: it is the batch's own, and its process was killed. */
  readonly isTorn: boolean
}

/**
 * Writes a new output beside the old one, as `PATH.ID.partial`, and replaces the old one when the
 * new one is whole.
 *
 * Until then the old file stays as it is. A new output that is not whole is removed, because
 * everything is recorded, with two exceptions. If the old file is gone, the new one stays. If a
 * kill tore the old file, the longer of the two stays, and the torn end of the old one is cut off;
 * of a packed file, the new one stays.
 * The new file has the old file's mode, and links lead to it. A device or a pipe has nothing to
 * keep, and is written to at once.
 *
 * @throws {BatchError} as `openSink`.
 */
export async function openReplacingSink(options: OpenReplacingSinkOptions): Promise<RowSink> {
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
  // Some file systems have no modes.
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
      // A full disk has torn the new file. Remove it.
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
   * Another process that resumed the batch, while this one stood still, writes to the same name.
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

  /** The longer file stays. Both are valid then. */
  async function isBetterThanTorn(size: number): Promise<boolean> {
    try {
      if (await isClosed(path, format)) return false
      const isOurs = sink.rowsWritten() > 0 && !sink.isGone?.()
      // Nothing can be read of a packed file that is torn.
      if (isOurs && (isPacked(format) || (await stat(partial)).size >= size)) return true
      await mendDocument(path, format)
      return false
    } catch (error) {
      await remove()
      throw outputUnwritable(path, error)
    }
  }
}
