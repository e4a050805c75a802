import { stat } from 'node:fs/promises'
import type { Clock } from '../../port/clock.js'
import type { Access, Connection } from './connection.js'
import type { Database, Statements, Trace } from './database.js'

export type FileWatch = Pick<Database, 'writeBack' | 'isInPlace'>

export interface FileWatchOptions {
  /** Path without links. */
  readonly file: string
  readonly statements: Statements
  readonly open: (access: Access) => Promise<Connection>
  readonly clock: Clock
}

/** Long enough for somebody who writes to the file to have written on. */
const doubtMs = 200

/** Frames in `-wal`, and how many of them are in the file. */
interface WriteBack {
  /** 1 where another process does it just now: then the other two are both -1. */
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
}

/**
 * Tells whether a file that is open is still the one that was opened; both as in `Database`.
 *
 * SQLite writes to the file only to bring it up to date with `-wal`, now and then. So a file that
 * has not changed is in place, and one that has is looked into, as it stands and without `-wal`:
 * our row is in it, unless another file was copied over it. While another process brings the file
 * up to date the row may not be found: the file changes again then, and is looked into the next
 * time.
 */
export async function fileWatch(options: FileWatchOptions): Promise<FileWatch> {
  const { file, statements, open, clock } = options
  const identity = (await look())?.identity
  let isWhole = false
  /** Of the file as it was when our row was in it. */
  let known: string | undefined

  return {
    async writeBack() {
      isWhole ||= await isWrittenBack()
    },
    async isInPlace(trace) {
      const now = await look()
      if (now === undefined || now.identity !== identity || now.size === 0n) return false
      if (!isWhole || now.stamp === known) return true
      if (!(await hasTrace(trace))) return !(await isStillSo(now.stamp, trace))
      known = now.stamp
      return true
    },
  }

  async function isWrittenBack(): Promise<boolean> {
    const write = statements.all<WriteBack>('PRAGMA wal_checkpoint(PASSIVE)')
    // Whatever is wrong with the file, the statement that needs it says so.
    const [result] = await write.catch(() => [])
    return result?.busy === 0 && result.log === result.checkpointed
  }

  async function hasTrace({ sql, parameters }: Trace): Promise<boolean> {
    const connection = await open('still')
    try {
      return (await connection.all(sql, parameters)).length > 0
    } catch {
      return false // It is no database, or not a whole one.
    } finally {
      await connection.close()
    }
  }

  async function isStillSo(stamp: string, trace: Trace): Promise<boolean> {
    await clock.sleep(doubtMs)
    return (await look())?.stamp === stamp && !(await hasTrace(trace))
  }

  async function look() {
    const present = await stat(file, { bigint: true }).catch(() => undefined)
    if (present === undefined) return undefined
    const { dev, ino, size, mtimeNs } = present
    return { identity: `${dev}:${ino}`, size, stamp: `${size} ${mtimeNs}` }
  }
}
