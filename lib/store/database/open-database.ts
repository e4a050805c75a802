import { existsSync } from 'node:fs'
import { access, constants, open, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { makeFolder } from '../../disk/make-folder.js'
import { resolveLinks } from '../../disk/resolve-links.js'
import type { Clock } from '../../port/clock.js'
import type { Access, Connection, ConnectionOptions } from './connection.js'
import type { Database, Statements } from './database.js'
import { databaseReadOnly, databaseTrouble, driverMissing } from './database-trouble.js'
import { fileWatch } from './file-watch.js'
import { lookConnection } from './look-connection.js'
import { openNodeSqliteConnection } from './node-sqlite-connection.js'
import { patientStatements } from './patient-statements.js'
import { queuedDatabase } from './queued-database.js'
import { openSqlite3Connection } from './sqlite3-connection.js'

export type DatabaseDriver = 'sqlite3' | 'node-sqlite'

export interface OpenDatabaseOptions {
  readonly path: string
  readonly clock: Clock
  /** If absent, the first of the two that can be loaded. */
  readonly driver?: DatabaseDriver | undefined
  /** Milliseconds that SQLite itself waits for a lock. */
  readonly busyTimeoutMs?: number | undefined
  /**
   * Whether the file, which must exist, is only read. Nothing changes then, except that a killed
   * writer's unfinished transaction is rolled back.
   */
  readonly isReadOnly?: boolean | undefined
  /** Milliseconds of waiting for a lock in all, before an error. */
  readonly patienceMs?: number | undefined
}

const readOnce = 'SELECT 1 FROM sqlite_master LIMIT 1'

const drivers = {
  sqlite3: openSqlite3Connection,
  'node-sqlite': openNodeSqliteConnection,
} as const

/**
 * Opens a SQLite file. Creates the file and its folder if they do not exist.
 *
 * The journal mode is WAL: a commit survives kill -9 at once, and a power cut up to the last
 * checkpoint (`synchronous=NORMAL`). On a file system without WAL, it is a rollback journal with
 * every commit synced. The cache has 16 MB, and the journal 32 MB between checkpoints: llm's keys
 * are hashes, so a group changes pages all over the file, and a page is then written back once for
 * many groups. Temporary files of a statement stay in memory: by default, every page that a group
 * changes would be written once more. Foreign keys stay unchecked, as in llm: its old files violate
 * them. Recursive triggers are on, as in llm, so that a replaced row leaves its full-text index.
 *
 * SQLite itself waits only briefly for a lock, and the statement runs again: `hurry` cannot cut a
 * wait inside SQLite short.
 *
 * @throws {BatchError} DATABASE_UNUSABLE with the path and a remedy; DEPENDENCY_MISSING without a
 * driver.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const path = resolve(options.path)
  const { clock, driver, busyTimeoutMs = 500, patienceMs = 60_000, isReadOnly = false } = options
  const openFor = (use: Access) => connect(driver, { path, busyTimeoutMs, access: use })
  const place = await realpath(path).catch(() => path)
  if (isReadOnly) await rollBackLeft(place, openFor)
  const connection = isReadOnly
    ? lookConnection({ file: place, open: openFor })
    : await openFor('write')
  const { patient, hurry } = patientStatements({ connection, path, clock, patienceMs })
  try {
    await (isReadOnly ? patient.all(readOnce) : configure(patient))
  } catch (error) {
    await connection.close()
    throw error
  }
  const file = await realpath(path).catch(() => path)
  const watch = await fileWatch({ file, statements: patient, open: openFor, clock })
  return queuedDatabase({ path, file, watch, connection, patient, hurry })
}

/**
 * Lets SQLite roll back the unfinished transaction of a killed process. SQLite does this for a
 * reader with permission to write, and refuses other readers.
 */
async function rollBackLeft(
  file: string,
  openFor: (use: Access) => Promise<Connection>,
): Promise<void> {
  if (!existsSync(`${file}-journal`)) return
  try {
    const connection = await openFor('write')
    await connection.all(readOnce).finally(connection.close)
  } catch {
    // The reader's own open reports what is wrong.
  }
}

async function connect(
  driver: DatabaseDriver | undefined,
  options: ConnectionOptions,
): Promise<Connection> {
  const { path } = options
  try {
    if (options.access === 'write') {
      await makePrivate(path)
      await checkWritable(path)
    }
  } catch (error) {
    throw databaseTrouble(error, path)
  }
  const names: readonly DatabaseDriver[] =
    driver === undefined ? ['sqlite3', 'node-sqlite'] : [driver]
  let missing: unknown
  for (const name of names) {
    try {
      return await drivers[name](options)
    } catch (error) {
      if (!isModuleMissing(error)) throw databaseTrouble(error, path)
      missing = error
    }
  }
  throw driverMissing(names.join(' nor '), missing)
}

/**
 * Creates the file and its folder for their owner only; SQLite would use the umask. SQLite's files
 * beside it get the same mode. An existing file is not opened, because closing it would drop this
 * process's locks on it.
 */
async function makePrivate(path: string): Promise<void> {
  await makeFolder(dirname(path))
  try {
    await (await open(await resolveLinks(path), 'wx', 0o600)).close()
  } catch {
    // The file exists, or cannot be created: SQLite reports why.
  }
}

/**
 * If SQLite may not write a file, it opens the file for reading, and leaves `-wal` and `-shm`
 * beside it.
 */
async function checkWritable(path: string): Promise<void> {
  try {
    await access(path, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw databaseReadOnly(path)
  }
}

/**
 * Whether a driver could not be loaded: no package, no binary in it, or no such module in this
 * Node.
 */
function isModuleMissing(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  const codes = [
    'ERR_MODULE_NOT_FOUND',
    'MODULE_NOT_FOUND',
    'ERR_UNKNOWN_BUILTIN_MODULE',
    'ERR_DLOPEN_FAILED',
  ]
  return (
    codes.includes(String(code)) || String(message).includes('Could not locate the bindings file')
  )
}

async function configure(statements: Statements): Promise<void> {
  const [mode] = await statements.all<{ readonly journal_mode: string }>(
    'PRAGMA journal_mode = WAL',
  )
  const synchronous = mode?.journal_mode === 'wal' ? 'NORMAL' : 'FULL'
  await statements.exec(`
    PRAGMA synchronous = ${synchronous};
    PRAGMA foreign_keys = OFF;
    PRAGMA recursive_triggers = ON;
    PRAGMA cache_size = -16000;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = 8000;
  `)
}
