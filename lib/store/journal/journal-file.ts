import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { type BatchError, runError } from '../../error/batch-error.js'
import { journalInvalid } from './journal-invalid.js'
import { type LinePlace, readLine } from './read-lines.js'

/** One of a run's two journal files: a header, then one line for each entry. */
export interface JournalFile {
  /**
   * Whether the next append creates the file: it is the first append, or another process has
   * resumed the batch and removed the file.
   */
  readonly isNew: () => boolean
  /**
   * Appends whole lines in one write. They survive kill -9 of this process; nothing is synced.
   *
   * @throws {BatchError} DATABASE_UNUSABLE if the file cannot be written; then the file is as
   * before.
   */
  readonly append: (lines: readonly Buffer[]) => void
  /** Appends one long line, which can be read again until the file is cut. */
  readonly appendLong: (line: Buffer) => () => Buffer | undefined
  /** Cuts the file to its header, after its entries are in the database. */
  readonly cut: (options?: { readonly isSecret?: boolean }) => void
  readonly remove: (options?: { readonly isSecret?: boolean }) => void
  /** Closes the file, and leaves it for the next process. */
  readonly close: () => void
}

export interface JournalFileOptions {
  readonly path: string
  /** The header, with its line break. */
  readonly header: string
}

export function journalFile({ path, header }: JournalFileOptions): JournalFile {
  const headerBytes = Buffer.byteLength(header)
  let descriptor: number | undefined
  /** Earlier files of this name that somebody removed. Long lines are read from them. */
  let removed: number[] = []

  return {
    isNew,
    append,
    appendLong(line) {
      append([line])
      const source = descriptor as number
      const place = { at: fstatSync(source).size - line.length, bytes: line.length }
      return () => readAgain(source, place)
    },
    cut({ isSecret = false } = {}) {
      closeRemoved()
      if (descriptor !== undefined) cutTo(descriptor, headerBytes, isSecret)
    },
    remove({ isSecret = false } = {}) {
      if (isNew() || descriptor === undefined) return
      cutTo(descriptor, headerBytes, isSecret)
      close()
      unlinkSync(path)
    },
    close,
  }

  function isNew(): boolean {
    if (descriptor !== undefined && fstatSync(descriptor).nlink === 0) {
      removed.push(descriptor)
      descriptor = undefined
    }
    return descriptor === undefined
  }

  function append(lines: readonly Buffer[]): void {
    if (descriptor === undefined) open([Buffer.from(header), ...lines])
    else writeWhole(descriptor, lines)
  }

  function readAgain(source: number, place: LinePlace): Buffer | undefined {
    try {
      return readLine(source, place)
    } catch (error) {
      throw unusable(`The journal ${path} cannot be read: ${(error as Error).message}.`, error)
    }
  }

  function closeRemoved(): void {
    for (const one of removed) closeSync(one)
    removed = []
  }

  function close(): void {
    closeRemoved()
    if (descriptor !== undefined) closeSync(descriptor)
    descriptor = undefined
  }

  function open(lines: readonly Buffer[]): void {
    let opened: number
    try {
      opened = openSync(path, 'wx+', 0o600)
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST'
      throw isThere
        ? journalInvalid(path, 'it was there before its run began')
        : journalUnwritable(error)
    }
    try {
      writeWhole(opened, lines)
    } catch (error) {
      closeSync(opened)
      unlinkSync(path)
      throw error
    }
    descriptor = opened
  }

  function writeWhole(target: number, lines: readonly Buffer[]): void {
    const bytes = lines.length === 1 && lines[0] ? lines[0] : Buffer.concat(lines)
    // Not opened for append, because Linux would then append overwrites too.
    const { size } = fstatSync(target)
    let written = 0
    try {
      while (written < bytes.length) {
        written += writeSync(target, bytes, written, undefined, size + written)
      }
    } catch (error) {
      ftruncateSync(target, size)
      throw journalUnwritable(error)
    }
  }

  function journalUnwritable(cause: unknown): BatchError {
    const { code, message } = cause as NodeJS.ErrnoException
    const isFull = code === 'ENOSPC' || code === 'EDQUOT'
    const what = isFull ? 'The disk is full: the journal' : 'The journal'
    const why = isFull ? 'cannot grow' : `cannot be written: ${message}`
    return unusable(`${what} ${path} ${why}.`, cause)
  }
}

function unusable(message: string, cause: unknown): BatchError {
  return runError(
    'DATABASE_UNUSABLE',
    message,
    'Check that the disk has space and works, then run the command again. Nothing recorded is lost.',
    cause,
  )
}

/**
 * @param isSecret whether to overwrite bytes before they are cut off, so that they do not stay on
 * the disk.
 */
export function cutTo(descriptor: number, length: number, isSecret: boolean): void {
  if (isSecret) {
    const zeros = Buffer.alloc(65_536)
    const { size } = fstatSync(descriptor)
    for (let at = length; at < size; at += zeros.length) {
      writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at)
    }
  }
  ftruncateSync(descriptor, length)
}
