import { pathToFileURL } from 'node:url'
import type { Statements } from './database.js'

/**
 * One driver's connection: the narrowest that serves.
 * Rejects with the driver's own error, of which `resultCode` tells the kind.
 */
export interface Connection extends Statements {
  readonly close: () => Promise<void>
}

export interface ConnectionOptions {
  readonly path: string
  /** How long SQLite itself waits for a lock, once. */
  readonly busyTimeoutMs: number
  readonly access: Access
}

/**
 * How a file is opened. `write`: it is made when it is not there. `read`: nothing of it is changed.
 * In WAL mode SQLite needs files beside it, makes them, and leaves them. `still`: the same without
 * locks and without such files. Right only as long as nobody writes.
 */
export type Access = 'write' | 'read' | 'still'

/** The name by which SQLite opens a file that is still, whatever characters its path has. */
export function stillUri(path: string): URL {
  const uri = pathToFileURL(path)
  uri.search = '?mode=ro&immutable=1'
  return uri
}

/** Primary result codes of SQLite that we tell apart. @see https://www.sqlite.org/rescode.html */
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

/** The primary result code of a driver's error; undefined for any other error. */
export function resultCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  // sqlite3 says `errno`, node:sqlite `errcode`; both may carry an extended code in the upper bits.
  const { code, errno, errcode } = error as Record<'code' | 'errno' | 'errcode', unknown>
  const given = errcode ?? errno
  const isSqlite = typeof code === 'string' && code.includes('SQLITE')
  return isSqlite && typeof given === 'number' ? given & 0xff : undefined
}
