/** A growing list of texts. */
export interface StringTable {
  readonly add: (text: string) => void
  readonly at: (index: number) => string | undefined
}

/** Bytes. A longer text has its own block. */
const blockBytes = 1024 * 1024

/** Bytes of the length before each text. */
const lengthBytes = 4

/**
 * Keeps texts as UTF-8 outside of the JavaScript heap. Each takes its bytes and a dozen more.
 *
 * As strings, the texts would be slices of the pieces of the file, and would keep all pieces in
 * memory.
 */
export function createStringTable(): StringTable {
  const blocks: Buffer[] = []
  /** The start of each text, as if all blocks had the same size and stood in a row. */
  const starts: number[] = []
  let used = blockBytes

  return {
    add(text) {
      const bytes = Buffer.byteLength(text)
      const needed = lengthBytes + bytes
      if (used + needed > blockBytes) {
        blocks.push(Buffer.allocUnsafeSlow(Math.max(needed, blockBytes)))
        used = 0
      }
      const block = blocks.at(-1)
      block?.writeUInt32LE(bytes, used)
      block?.write(text, used + lengthBytes)
      starts.push((blocks.length - 1) * blockBytes + used)
      used += needed
    },
    at(index) {
      const start = starts[index] ?? -1
      const block = blocks[Math.floor(start / blockBytes)]
      if (block === undefined) return undefined
      const place = start % blockBytes
      const from = place + lengthBytes
      return block.toString('utf8', from, from + block.readUInt32LE(place))
    },
  }
}
