/** A growing list of texts. */
export interface PackedTexts {
  readonly add: (text: string) => void
  readonly at: (index: number) => string | undefined
}

/** Longer texts have a block of their own. */
const blockBytes = 1024 * 1024

/**
 * Keeps texts as UTF-8 outside of JavaScript's heap: each takes its bytes and 16 more.
 *
 * As strings they would be cut out of the pieces in which a file is read, and would keep all of those in memory.
 */
export function packTexts(): PackedTexts {
  const blocks: Buffer[] = []
  /** Of each text: where it starts, as if all blocks were of the same size and in a row. */
  const starts: number[] = []
  const lengths: number[] = []
  let used = blockBytes

  return {
    add(text) {
      const bytes = Buffer.byteLength(text)
      if (used + bytes > blockBytes) {
        blocks.push(Buffer.allocUnsafeSlow(Math.max(bytes, blockBytes)))
        used = 0
      }
      blocks.at(-1)?.write(text, used)
      starts.push((blocks.length - 1) * blockBytes + used)
      lengths.push(bytes)
      used += bytes
    },
    at(index) {
      const start = starts[index]
      if (start === undefined) return undefined
      const from = start % blockBytes
      const block = blocks[Math.floor(start / blockBytes)]
      return block?.toString('utf8', from, from + (lengths[index] ?? 0))
    },
  }
}
