import { close, createReadStream, fstat, open } from 'node:fs'
import { Socket } from 'node:net'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { type BatchError, runError } from '../error/batch-error.js'

/** The bytes of an open input. */
export interface Input {
  /** Absolute path, or `-`. */
  readonly path: string
  readonly bytes: Readable
  /** Size of a file; absent for a pipe. */
  readonly bytesTotal: number | undefined
}

const aFolder = 'is a folder, not a file'

/**
 * Opens a file, or standard input for `-`. Named pipes and `/dev/stdin` are read as pipes.
 *
 * @throws {BatchError} INPUT_NOT_FOUND or INPUT_UNREADABLE, reach `run`.
 */
export async function openInput(path: string, stdin: Readable): Promise<Input> {
  if (path === '-') {
    if (await isFolder(stdin)) throw inputUnreadable(path, aFolder)
    return { path, bytes: stdin, bytesTotal: undefined }
  }
  // A plain descriptor: a FileHandle closes itself while a socket still reads from it.
  const fd = await openFile(path)
  try {
    const stats = await promisify(fstat)(fd)
    if (stats.isDirectory()) throw inputUnreadable(path, aFolder)
    // A read that waits on a pipe holds one of the few threads for files, and cannot be cancelled.
    const bytes = stats.isFIFO()
      ? new Socket({ fd, readable: true, writable: false })
      : createReadStream(path, { fd })
    return { path: resolve(path), bytes, bytesTotal: stats.isFile() ? stats.size : undefined }
  } catch (error) {
    await promisify(close)(fd)
    throw error
  }
}

/** Node takes a folder as standard input for an empty input. */
async function isFolder(stdin: Readable & { readonly fd?: unknown }): Promise<boolean> {
  if (typeof stdin.fd !== 'number') return false
  const stats = await promisify(fstat)(stdin.fd).catch(() => undefined)
  return stats?.isDirectory() === true
}

async function openFile(path: string): Promise<number> {
  try {
    return await promisify(open)(path, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw inputNotFound(path, error)
    throw inputUnreadable(path, reasonFor(code), error)
  }
}

/** @param reason what is wrong; follows the input's name in the message. */
export function inputUnreadable(path: string, reason: string, cause?: unknown): BatchError {
  const name = path === '-' ? 'Standard input' : `Input file ${path}`
  return runError(
    'INPUT_UNREADABLE',
    `${name} ${reason}`,
    'Check the path and its permissions.',
    cause,
  )
}

function inputNotFound(path: string, cause: unknown): BatchError {
  return runError(
    'INPUT_NOT_FOUND',
    `Input file not found: ${path}`,
    'Check the path, or give - to read standard input.',
    cause,
  )
}

function reasonFor(code: string | undefined): string {
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read: permission denied'
  return `could not be opened: ${code ?? 'unknown reason'}`
}
