import { pathToFileURL } from 'node:url'
import type { Statements } from './database.js'

/**
 * One driver's connection, with the fewest methods that suffice. Rejects with the driver's own
 * error; `resultCode` tells its kind.
 */
export interface Connection extends Statements {
  readonly close: () => Promise<void>
}

export interface ConnectionOptions {
  readonly path: string
  /** How long SQLite itself waits for a lock, in milliseconds. */
  readonly busyTimeoutMs: number
  readonly access: Access
}

/**
 * How a file is opened. `write`: created if it does not exist. `read`: nothing is changed, but in
 * WAL mode SQLite makes files beside it and leaves them. `still`: read without locks and without
 * such files, which is right only while nobody writes.
 */
export type Access = 'write' | 'read' | 'still'

/** The URI by which SQLite opens a file for `still`, for any characters in its path. */
export function stillUri(path: string): URL {
  const uri = pathToFileURL(path)
  uri.search = '?mode=ro&immutable=1'
  return uri
}

/** The primary result codes of SQLite that matter here. @see https://www.sqlite.org/rescode.html */
export const sqliteResult = Object.freeze({
  error: 1,
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notDatabase: 26,
})

/** The primary result code of a driver's error; undefined for another error. */
export function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // sqlite3 has `errno`, node:sqlite `errcode`. Both may have an extended code in the upper bits.
  const { code, errno, errcode } = error as Record<'code' | 'errno' | 'errcode', unknown>
  const given = errcode ?? errno
  const isSqlite = typeof code === 'string' && code.includes('SQLITE')
  return isSqlite && typeof given === 'number' ? given & 0xff : undefined
}
