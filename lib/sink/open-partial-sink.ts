import { chmod, realpath, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RowSink } from '../port/row-sink.js'
import { chooseOutputFormat } from './choose-output-format.js'
import { type OpenSinkOptions, openSink } from './open-sink.js'
import { outputUnwritable } from './output-unwritable.js'

export interface OpenPartialSinkOptions extends OpenSinkOptions {
  readonly path: string
}

/**
 * Writes an output anew beside the old one, as `PATH.partial`, and puts it in the old one's place when it is whole.
 *
 * Until then the old file stays as it is. What a killed run left under that name is begun anew; what is not whole at
 * the end is removed, since all of it is recorded. The new file can be read by whom the old one could, and a link
 * leads to it as before. What holds nothing (a device, a pipe) has nothing to keep: it is written to at once.
 *
 * @throws {BatchError} as `openSink`.
 */
export async function openPartialSink(options: OpenPartialSinkOptions): Promise<RowSink> {
  const format = chooseOutputFormat(options)
  const path = await placeOf(options.path)
  const old = await stat(path).catch(() => undefined)
  if (old !== undefined && !old.isFile()) return openSink({ ...options, format, overwrite: true })
  const partial = await removePartial(path)
  const sink = await openSink({ ...options, path: partial, format, overwrite: true })
  // A file system without modes has none to keep.
  if (old !== undefined) await chmod(partial, old.mode & 0o7777).catch(() => undefined)
  let closed: Promise<void> | undefined
  return {
    ...sink,
    path: resolve(options.path),
    close({ isWhole = false } = {}) {
      closed ??= close(isWhole)
      return closed
    },
  }

  async function close(isWhole: boolean): Promise<void> {
    await sink.close()
    try {
      await (isWhole ? rename(partial, path) : rm(partial, { force: true }))
    } catch (error) {
      throw outputUnwritable(path, error)
    }
  }
}

/**
 * Removes what a killed run left beside an output, and gives its path.
 *
 * @throws {BatchError} OUTPUT_UNWRITABLE; reach run.
 */
export async function removePartial(output: string): Promise<string> {
  const partial = `${await placeOf(output)}.partial`
  await rm(partial, { force: true }).catch(error => {
    throw outputUnwritable(partial, error)
  })
  return partial
}

/** Where a link leads, so that it stays a link. */
function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}
