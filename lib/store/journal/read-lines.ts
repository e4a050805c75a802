import { closeSync, createReadStream, openSync, readSync } from 'node:fs'

/** A line of a file, in bytes, with its line break. */
export interface LinePlace {
  readonly at: number
  readonly bytes: number
}

const chunkBytes = 262_144

/** Yields whole lines with their breaks. Returns what follows the last break. */
export async function readLines(
  path: string,
  take: (line: Buffer, at: number) => void,
): Promise<Buffer> {
  let pieces: Buffer[] = []
  let at = 0
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    let from = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
      const line = Buffer.concat([...pieces, chunk.subarray(from, end + 1)])
      pieces = []
      take(line, at)
      at += line.length
      from = end + 1
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from))
  }
  return Buffer.concat(pieces)
}

/**
 * Reads a line of JSON at its position in an open file. Returns undefined if the line is not there
 * any more.
 */
export function readLine(descriptor: number, { at, bytes }: LinePlace): Buffer | undefined {
  const line = Buffer.allocUnsafe(bytes)
  for (let read = 0; read < bytes; ) {
    const more = readSync(descriptor, line, read, bytes - read, at + read)
    if (more === 0) return undefined
    read += more
  }
  // Zeros of secret bytes that were overwritten.
  return line[0] === 0 ? undefined : line
}

/** Reads a line of JSON from a closed file, if the file exists. */
export function readLineOf(path: string, place: LinePlace): Buffer | undefined {
  const descriptor = openIfThere(path, 'r')
  if (descriptor === undefined) return undefined
  try {
    return readLine(descriptor, place)
  } finally {
    closeSync(descriptor)
  }
}

export function openIfThere(path: string, flags: 'r' | 'r+'): number | undefined {
  try {
    return openSync(path, flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
