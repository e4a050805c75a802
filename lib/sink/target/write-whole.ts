import type { FileHandle } from 'node:fs/promises'

export interface WriteWholeOptions {
  readonly bytes: Buffer
  /** Where in the file its end is; absent for a pipe or a device, which has no places. */
  readonly position: number | undefined
}

/**
 * Appends all of the bytes or, where a file takes only some, none: it is cut back to where it was.
 */
export async function writeWhole(
  file: Pick<FileHandle, 'write' | 'truncate'>,
  { bytes, position }: WriteWholeOptions,
): Promise<void> {
  let written = 0
  try {
    while (written < bytes.length) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written, null)
      written += bytesWritten
    }
  } catch (error) {
    if (written > 0 && position !== undefined) await file.truncate(position)
    throw error
  }
}
