import { closeSync, openSync, statSync } from 'node:fs'
import { BatchError, runError } from '../../error/batch-error.js'
import { resultCode, sqliteResult } from './connection.js'

/** Whether another connection holds the file now, so that a further try may succeed. */
export function isLocked(error: unknown): boolean {
  const code = resultCode(error)
  return code === sqliteResult.busy || code === sqliteResult.locked
}

/**
 * Translates an error of SQLite or of the file system for the user. A BatchError stays as it is.
 */
export function databaseTrouble(error: unknown, path: string): BatchError {
  if (BatchError.isInstance(error)) return error
  const reason = error instanceof Object && 'message' in error ? String(error.message) : `${error}`
  const { what, remedy } = explain(resultCode(error), reason, path)
  return unusable(what, remedy, error)
}

/** A lock that was held for too long. */
export function databaseLocked(path: string, waitedMs: number): BatchError {
  const seconds = Math.round(waitedMs / 1000)
  return unusable(
    `The database ${path} is locked by another program, for ${seconds} s so far.`,
    'End that program, or use another database with -d PATH. Nothing recorded is lost.',
  )
}

/** A file that this process may not write. */
export function databaseReadOnly(path: string): BatchError {
  return unusable(
    `The database ${path} cannot be written: the file or its folder is read-only.`,
    'Make both writable, or use another database with -d PATH.',
  )
}

/** llm's tables without llm's migration record: a write might break llm. */
export function migrationsMissing(path: string): BatchError {
  return unusable(
    `The database ${path} has tables of llm's, but no record of its migrations.`,
    'Restore the database from a backup, leave the tables of llm alone with --no-log, or use another database with -d PATH.',
  )
}

/** A newer version of ours has changed our tables. */
export function databaseNewer(path: string, migrations: readonly string[]): BatchError {
  return unusable(
    `The database ${path} was changed by a newer version of llm batch (${migrations.join(', ')}).`,
    'Update llm batch, or use another database with -d PATH. This version may read it, but not write to it.',
  )
}

/** A file of an llm without conversations and responses. */
export function logTooOld(path: string): BatchError {
  return unusable(
    `The database ${path} was made by a version of llm that is too old.`,
    'Run `llm logs` of a newer Python llm once, or use --no-log or -d PATH.',
  )
}

/** A newer llm has changed its tables so that a listing would be wrong. */
export function logTooNew(path: string, missing: readonly string[]): BatchError {
  return unusable(
    `The database ${path} was changed by a version of llm that is too new: there is no ${missing.join(', ')}.`,
    'Update llm batch, or run `llm logs` of Python’s llm.',
  )
}

/** A call points to a message that is not in the file. */
export function logDamaged(path: string, id: string): BatchError {
  return unusable(
    `The log in ${path} is damaged: messages of the call ${id} are missing.`,
    'Restore it from a backup, or list the calls after that one with --id-gt.',
  )
}

/** The file is not the one that was opened, so nobody would find what is written to it. */
export function databaseLost(path: string, journals: readonly string[]): BatchError {
  return runError(
    'DATABASE_LOST',
    `The database ${path} was removed, replaced or overwritten during a run.`,
    `Later answers are in ${journals.join(' and ')}. Put the database back, and continue with --resume.`,
  )
}

/** No driver can be loaded. */
export function driverMissing(driver: string, cause: unknown): BatchError {
  return runError(
    'DEPENDENCY_MISSING',
    `SQLite cannot be used: ${driver} cannot be loaded.`,
    'Use Node 22.13 or newer, which has SQLite, or install llm-batch again with the install script of sqlite3 allowed.',
    cause,
  )
}

function explain(
  code: number | undefined,
  reason: string,
  path: string,
): { what: string; remedy: string } {
  switch (code) {
    case sqliteResult.notDatabase:
      return {
        what: `${path} is not a SQLite database.`,
        remedy: 'Move it away, or use another database with -d PATH.',
      }
    case sqliteResult.corrupt:
      return {
        what: `The database ${path} is damaged (${reason}).`,
        remedy: 'Restore it from a backup, or use another database with -d PATH.',
      }
    // SQLite does not say why: if it cannot open a file for writing, it opens the file for reading.
    case sqliteResult.readOnly:
    case sqliteResult.permission:
      return {
        what: `The database ${path} cannot be written: it, its folder or a file beside it is read-only, or cannot be opened.`,
        remedy:
          'Make them writable, see that not too many files are open, or use another database with -d PATH.',
      }
    case sqliteResult.cannotOpen:
      return isReadableFile(path) ? companionsMissing(path) : explainByReason(reason, path)
    case sqliteResult.full:
      return {
        what: `The disk is full: the database ${path} cannot grow.`,
        remedy: 'Free some space and run the command again. Nothing recorded is lost.',
      }
    case sqliteResult.inputOutput: // also on a full disk, without room for the files beside it
      return {
        what: `The database ${path} cannot be read or written: ${reason}.`,
        remedy: 'See that its disk has room and is sound, or use another database with -d PATH.',
      }
    default:
      return explainByReason(reason, path)
  }
}

/** WAL needs its `-shm` file for reading too. Reading without it is wrong while somebody writes. */
function companionsMissing(path: string): { what: string; remedy: string } {
  return {
    what: `The database ${path} cannot be opened: SQLite keeps files beside it, also to read it, and its folder is read-only, or one of them cannot be opened.`,
    remedy:
      'Make the folder writable, or copy the database elsewhere, with its -wal file if it has one and while nothing writes to it, and name the copy with -d PATH.',
  }
}

function isReadableFile(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'))
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function explainByReason(reason: string, path: string): { what: string; remedy: string } {
  if (reason.includes('no such module: fts5')) {
    return {
      what: `This SQLite lacks full-text search (FTS5), which llm's log in ${path} needs.`,
      remedy: 'Leave llm’s log alone with --no-log.',
    }
  }
  return {
    what: `The database ${path} cannot be used: ${reason}.`,
    remedy: 'See that its folder exists and is writable, or use another database with -d PATH.',
  }
}

function unusable(message: string, remedy: string, cause?: unknown): BatchError {
  return runError('DATABASE_UNUSABLE', message, remedy, cause)
}
