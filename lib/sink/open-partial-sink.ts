import { chmod, open, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { OutputFormat, RowSink } from '../port/row-sink.js'
import { chooseOutputFormat } from './choose-output-format.js'
import { checkReplaceable } from './open-file-target.js'
import { type OpenSinkOptions, openSink } from './open-sink.js'
import { outputUnwritable } from './output-unwritable.js'
import { partialPath, placeOf } from './partial-path.js'

export interface OpenPartialSinkOptions extends OpenSinkOptions {
  readonly path: string
  /** Whose output it is; part of the name of what is written beside it, so that it is nobody else's. */
  readonly batchId: string
  /** Whether the old output was left by a run that was killed while it wrote there. */
  readonly isTorn: boolean
}

/**
 * Writes an output anew beside the old one, as `PATH.ID.partial`, and puts it in the old one's place when it is whole.
 *
 * Until then the old file stays as it is. What is not whole at the end is removed, since all of it is recorded; but
 * where the old file is gone, or was torn by a kill and holds no more, the new one is better as it is, and valid. The
 * new file can be read by whom the old one could, and a link leads to it as before. What holds nothing (a device, a
 * pipe) has nothing to keep: it is written to at once.
 *
 * @throws {BatchError} as `openSink`.
 */
export async function openPartialSink(options: OpenPartialSinkOptions): Promise<RowSink> {
  const { batchId, isTorn } = options
  const format = chooseOutputFormat(options)
  const path = await placeOf(options.path)
  await checkReplaceable(options)
  const old = await stat(path).catch(() => undefined)
  if (old !== undefined && !old.isFile()) return openSink({ ...options, format, overwrite: true })
  const partial = partialPath(path, batchId)
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
    close({ discard = false, isWhole = false } = {}) {
      closed ??= discard ? remove() : close(isWhole)
      return closed
    },
  }

  async function close(isWhole: boolean): Promise<void> {
    try {
      await sink.close()
    } catch (error) {
      // Torn by a full disk, it is of no use, and only in the way.
      await rm(partial, { force: true }).catch(() => undefined)
      throw error
    }
    if (!isWhole && !(await isBetter())) return remove()
    await rename(partial, path).catch(error => {
      throw outputUnwritable(path, error)
    })
    isInPlace = true
  }

  async function remove(): Promise<void> {
    await sink.close({ discard: true })
    await rm(partial, { force: true }).catch(error => {
      throw outputUnwritable(path, error)
    })
  }

  /** Rows are in the same order in both, so that the longer one holds all that the other does. */
  async function isBetter(): Promise<boolean> {
    if (sink.rowsWritten() === 0) return false
    const present = await stat(path).catch(() => undefined)
    if (present === undefined) return true
    if (!isTorn && (await endsWhole(path, { size: present.size, format }))) return false
    const written = await stat(partial).catch(() => undefined)
    return written !== undefined && written.size >= present.size
  }
}

/** Whether a document's last bytes are those of one that was closed. */
async function endsWhole(
  path: string,
  { size, format }: { readonly size: number; readonly format: OutputFormat },
): Promise<boolean> {
  const ending = Buffer.from(format === 'json' ? ']\n' : '\n')
  if (size < ending.length) return false
  const file = await open(path)
  try {
    const last = Buffer.alloc(ending.length)
    await file.read(last, 0, last.length, size - last.length)
    return last.equals(ending)
  } finally {
    await file.close()
  }
}
