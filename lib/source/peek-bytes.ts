import { Readable } from 'node:stream'

export interface PeekedBytes {
  readonly beginning: Buffer
  /** All the bytes, the beginning included. */
  readonly bytes: Readable
}

/**
 * Reads a stream of bytes until its beginning is enough, or it ends.
 *
 * Waits for no more than that: a producer may send a line and then nothing for long.
 */
export function peekBytes(
  bytes: Readable,
  isEnough: (beginning: Buffer) => boolean,
): Promise<PeekedBytes> {
  return new Promise((resolve, reject) => {
    let beginning: Buffer = Buffer.alloc(0)
    const takeChunk = (chunk: Buffer): void => {
      beginning = Buffer.concat([beginning, chunk])
      if (!isEnough(beginning)) return
      letGo()
      // In the same turn as the chunk came, or the stream may have ended and takes nothing back.
      bytes.pause()
      bytes.unshift(beginning)
      resolve({ beginning, bytes })
    }
    const takeEnd = (): void => {
      letGo()
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
