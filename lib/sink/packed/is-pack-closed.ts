import { open } from 'node:fs/promises'
import type { OutputFormat } from '../../port/row-sink.js'

/** Where a whole file has its last signature, in bytes before its end, and the signature. */
const endings: Readonly<Partial<Record<OutputFormat, readonly [before: number, text: string]>>> = {
  // The record that ends a zip archive without a comment.
  xlsx: [22, 'PK\x05\x06'],
  parquet: [4, 'PAR1'],
}

/** Whether the last bytes of a packed file say that it is whole. */
export async function isPackClosed(path: string, format: OutputFormat): Promise<boolean> {
  const [before, text] = endings[format] ?? [0, '']
  const ending = Buffer.from(text, 'latin1')
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const found = Buffer.alloc(ending.length)
    await file.read(found, 0, found.length, Math.max(0, size - before))
    // Parquet begins with the same signature.
    return size > ending.length && found.equals(ending)
  } finally {
    await file.close()
  }
}
