import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Attachment, attachmentName } from '../row/attachment.js'
import {
  attachmentChanged,
  attachmentNotFound,
  attachmentTooLarge,
  attachmentUnreadable,
  attachmentUntyped,
} from './attachment-errors.js'
import { detectType, headBytes } from './detect-type.js'

export interface FindFileOptions {
  /** The MIME type, if known; else found by the content. */
  readonly type: string | undefined
  readonly mostBytes: number
}

/**
 * Reads a file once, a piece at a time, for its id and its type.
 *
 * @param path absolute.
 * @throws {BatchError} ATTACHMENT_NOT_FOUND, ATTACHMENT_INVALID; reach row.
 */
export async function findFile(
  path: string,
  { type: given, mostBytes }: FindFileOptions,
): Promise<Attachment> {
  await checkFile(path, mostBytes)
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let bytes = 0
  for await (const piece of piecesOf(path, mostBytes)) {
    if (head.length < headBytes) head = Buffer.concat([head, piece.subarray(0, headBytes)])
    bytes += piece.length
    hash.update(piece)
  }
  if (bytes > mostBytes) throw attachmentTooLarge(path, mostBytes)
  if (bytes === 0) throw attachmentUnreadable(path, 'it is empty')
  const type = given ?? detectType(head, path)
  if (type === undefined) throw attachmentUntyped(path)
  return { id: hash.digest('hex'), type, path, loadedBytes: bytes }
}

/** @throws {BatchError} ATTACHMENT_NOT_FOUND, ATTACHMENT_INVALID (also if it has changed). */
export async function loadFile(attachment: Attachment): Promise<Buffer> {
  const { path = '', id, loadedBytes } = attachment
  const pieces: Buffer[] = []
  for await (const piece of piecesOf(path, loadedBytes)) pieces.push(piece)
  const content = Buffer.concat(pieces)
  const isSame = createHash('sha256').update(content).digest('hex') === id
  if (!isSame) throw attachmentChanged(attachmentName(attachment))
  return content
}

/** A named pipe would be waited for, and its bytes can be read once only. */
async function checkFile(path: string, mostBytes: number): Promise<void> {
  const stats = await stat(path).catch(error => {
    throw unreadable(path, error)
  })
  if (!stats.isFile()) throw attachmentUnreadable(path, 'it is not a file')
  if (stats.size > mostBytes) throw attachmentTooLarge(path, mostBytes)
}

/** The bytes of a file, and one more than `mostBytes` if it has more. */
async function* piecesOf(path: string, mostBytes: number): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { end: mostBytes, highWaterMark: 1 << 18 })
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): Error {
  const { code = 'unknown reason' } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return attachmentNotFound(path, 'there is no such file', error)
  }
  return attachmentUnreadable(path, code, error)
}
