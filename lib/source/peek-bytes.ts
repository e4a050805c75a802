import { Readable } from 'node:stream'

export interface PeekedBytes {
  readonly beginning: Buffer
  /** All bytes, the beginning included. */
  readonly bytes: Readable
}

/**
 * Reads a stream of bytes until the beginning is enough, or the stream ends.
 *
 * @param isEnough gets each piece once.
 *
 * Waits for nothing more, because a producer may send one line and then pause.
 */
export function peekBytes(
  bytes: Readable,
  isEnough: (piece: Buffer) => boolean,
): Promise<PeekedBytes> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const takeChunk = (chunk: Buffer): void => {
      pieces.push(chunk)
      if (!isEnough(chunk)) return
      letGo()
      const beginning = Buffer.concat(pieces)
      // In the same turn as the chunk: later the stream may have ended, and takes nothing back.
      bytes.pause()
      bytes.unshift(beginning)
      resolve({ beginning, bytes })
    }
    const takeEnd = (): void => {
      letGo()
      const beginning = Buffer.concat(pieces)
      resolve({ beginning, bytes: Readable.from([beginning], { objectMode: false }) })
    }
    const fail = (error: Error): void => {
      letGo()
      reject(error)
    }
    const letGo = (): void => {
      bytes.off('data', takeChunk)
      bytes.off('end', takeEnd)
      bytes.off('error', fail)
    }
    bytes.on('data', takeChunk)
    bytes.once('end', takeEnd)
    bytes.once('error', fail)
  })
}
