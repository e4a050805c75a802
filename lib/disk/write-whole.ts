import type { FileHandle } from 'node:fs/promises'

/**
 * Writes all bytes, also to a disk that takes only some at a time.
 *
 * @param position where in the file; null for the present end of a file that is open for appending,
 * and for a pipe or a device.
 * @param end the size to which the file is cut back if the disk takes only a part; not cut if
 * absent.
 */
export async function writeWhole(
  file: Pick<FileHandle, 'write' | 'truncate'>,
  bytes: Buffer,
  position: number | null,
  end?: number,
): Promise<void> {
  let written = 0
  try {
    while (written < bytes.length) {
      const at = position === null ? null : position + written
      written += (await file.write(bytes, written, bytes.length - written, at)).bytesWritten
    }
  } catch (error) {
    if (written > 0 && end !== undefined) await file.truncate(end)
    throw error
  }
}
