import type { FileHandle } from 'node:fs/promises'

export interface WriteWholeOptions {
  readonly bytes: Buffer
  /** The end of the file, in bytes; absent for a pipe or a device. */
  readonly position: number | undefined
}

/** Appends all bytes or none: a file that takes only some is cut back. */
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
