import { open } from 'node:fs/promises'
import type { OutputFormat } from '../../port/row-sink.js'

/** Bytes of the record that ends a zip archive without a comment. */
const zipEndBytes = 22
const zipEnd = Buffer.from('PK\x05\x06', 'latin1')

/** Whether the last bytes of a packed file say that it is whole. */
export async function isPackClosed(path: string, _format: OutputFormat): Promise<boolean> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const last = Buffer.alloc(zipEndBytes)
    await file.read(last, 0, last.length, Math.max(0, size - last.length))
    return last.subarray(0, zipEnd.length).equals(zipEnd)
  } finally {
    await file.close()
  }
}
