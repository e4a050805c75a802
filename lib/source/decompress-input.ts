import { extname } from 'node:path'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { type BatchError, runError } from '../error/batch-error.js'

export type Compression = 'gzip' | 'brotli' | 'zstd'

const compressionsByExtension: Readonly<Record<string, Compression>> = {
  '.gz': 'gzip',
  '.br': 'brotli',
  '.zst': 'zstd',
}

/** First bytes, which no text in UTF-8 has. Brotli has none. */
const signatures: readonly (readonly [Compression, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
]

/** How a file is compressed, as its name says. */
export function compressionOfName(path: string): Compression | undefined {
  return compressionsByExtension[extname(path).toLowerCase()]
}

/** The name of the file within: `data.csv` for `data.csv.gz`. */
export function nameWithin(path: string): string {
  return compressionOfName(path) === undefined ? path : path.slice(0, -extname(path).length)
}

/**
 * Decompresses an input whose name or first bytes say that it is compressed; other bytes pass. What
 * comes before a fault is given first. Not more than a piece is in memory, however much the bytes
 * unpack to.
 *
 * @param path as the user gave it, or `-`.
 * @throws {BatchError} INPUT_UNREADABLE if the bytes are damaged or end too early;
 * DEPENDENCY_MISSING if this Node does not decompress them; reach `run`.
 */
export async function* decompressInput(
  bytes: AsyncGenerator<Buffer>,
  path: string,
): AsyncGenerator<Buffer> {
  const named = path === '-' ? undefined : compressionOfName(path)
  const beginning = named === undefined ? await readSignature(bytes) : []
  const compression = named ?? compressionOf(Buffer.concat(beginning))
  const all = joined(beginning, bytes)
  yield* compression === undefined ? all : decompressed(all, compression, path)
}

/** Reads until the first bytes are a signature, or cannot be the start of one. */
async function readSignature(bytes: AsyncGenerator<Buffer>): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  for (;;) {
    const { value, done } = await bytes.next()
    if (done === true) return pieces
    pieces.push(value)
    const beginning = Buffer.concat(pieces)
    const isOpen = signatures.some(
      ([, signature]) =>
        beginning.length < signature.length &&
        beginning.equals(signature.subarray(0, beginning.length)),
    )
    if (!isOpen) return pieces
  }
}

function compressionOf(beginning: Buffer): Compression | undefined {
  return signatures.find(([, signature]) =>
    beginning.subarray(0, signature.length).equals(signature),
  )?.[0]
}

async function* joined(beginning: Buffer[], bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* beginning.splice(0)
  yield* bytes
}

async function* decompressed(
  bytes: AsyncGenerator<Buffer>,
  compression: Compression,
  path: string,
): AsyncGenerator<Buffer> {
  const stream = decompressor(compression, path)
  let fault: Error | undefined
  let isEnded = false
  let wake = () => {}
  let goOnFeeding = () => {}
  const onChange = () => wake()
  stream.on('error', error => {
    fault = error
    onChange()
  })
  stream.on('readable', onChange)
  stream.on('drain', () => goOnFeeding())
  stream.on('close', () => goOnFeeding())
  stream.on('end', () => {
    isEnded = true
    onChange()
  })
  let inputFault: unknown
  feed().catch(error => {
    inputFault = error
    onChange()
  })
  try {
    for (;;) {
      // An iterator of the stream would drop what waits before a fault.
      const changed = new Promise<void>(resolve => {
        wake = resolve
      })
      const piece = stream.read() as Buffer | null
      if (piece !== null) yield piece
      else if (inputFault !== undefined) throw inputFault
      else if (fault !== undefined) throw notDecompressed(path, compression, fault)
      else if (isEnded) return
      else await changed
    }
  } finally {
    // The opener of the input closes it, which ends a wait for a pipe.
    stream.destroy()
  }

  async function feed(): Promise<void> {
    for await (const chunk of bytes) {
      if (fault !== undefined || stream.destroyed) return
      if (!stream.write(chunk)) await drained()
    }
    if (!stream.destroyed) stream.end()
  }

  function drained(): Promise<void> {
    return new Promise(resolve => {
      goOnFeeding = resolve
    })
  }
}

/** Since Node 22.15. The types of Node 20 do not know it. */
const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Transform }

function decompressor(compression: Compression, path: string): Transform {
  switch (compression) {
    case 'gzip':
      return zlib.createGunzip()
    case 'brotli':
      return zlib.createBrotliDecompress()
    case 'zstd':
      if (createZstdDecompress === undefined) throw zstdMissing(path)
      return createZstdDecompress()
  }
}

function notDecompressed(path: string, compression: Compression, cause: Error): BatchError {
  const { code } = cause as NodeJS.ErrnoException
  const isCut = code === 'Z_BUF_ERROR'
  const reason = isCut
    ? `is cut off: its ${compression} data ends too early`
    : `is not ${compression} data, or is damaged: ${cause.message}`
  return runError(
    'INPUT_UNREADABLE',
    `${path === '-' ? 'Standard input' : `Input file ${path}`} ${reason}`,
    'Get the file again, or unpack it.',
    cause,
  )
}

function zstdMissing(path: string): BatchError {
  const name = path === '-' ? 'Standard input' : `Input file ${path}`
  return runError(
    'DEPENDENCY_MISSING',
    `${name} is compressed with zstd, which Node reads from version 22.15 on`,
    'Unpack it: zstd -dc FILE | llm batch -. Or use a newer Node.',
  )
}
