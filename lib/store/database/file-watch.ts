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

/** Milliseconds in which another writer has probably written again. */
const doubtMs = 200

/** Frames in `-wal`, and how many of them are in the file. */
interface WriteBack {
  /** 1 if another process does a checkpoint now; then the other two are -1. */
  readonly busy: number
  readonly log: number
  readonly checkpointed: number
}

/**
 * Tells whether an open file is still the one that was opened. See `Database`.
 *
 * SQLite writes to the file only at checkpoints. So an unchanged file is in place. A changed file
 * is read, as it is and without `-wal`: it has our row, unless another file was copied over it.
 * During another process's checkpoint the row may be missing; then the file changes again, and the
 * next call reads it.
 */
export async function fileWatch(options: FileWatchOptions): Promise<FileWatch> {
  const { file, statements, open, clock } = options
  const identity = (await look())?.identity
  let isWhole = false
  /** State of the file when it had our row. */
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
    // If the file is damaged, the next statement reports that.
    const [result] = await write.catch(() => [])
    return result?.busy === 0 && result.log === result.checkpointed
  }

  async function hasTrace({ sql, parameters }: Trace): Promise<boolean> {
    const connection = await open('still')
    try {
      return (await connection.all(sql, parameters)).length > 0
    } catch {
      return false // Not a database, or not a whole one.
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
