/**
 * What a cell of SQLite holds, of the kinds we use; here alone `null` is written, as SQL's NULL.
 * No bigint: sqlite3 would bind it as NULL without a word.
 */
export type SqlValue = string | number | Uint8Array | null

/** Statements that run one after another, each to its end. */
export interface Statements {
  /**
   * Runs one statement; gives the number of rows it changed. Its text must be one of a fixed few:
   * it is kept prepared.
   */
  readonly run: (sql: string, parameters?: readonly SqlValue[]) => Promise<number>
  /**
   * All rows of one statement, as plain objects by column name; its text is kept prepared as well.
   */
  readonly all: <Row>(sql: string, parameters?: readonly SqlValue[]) => Promise<readonly Row[]>
  /** Runs a script of several statements without parameters. */
  readonly exec: (sql: string) => Promise<void>
}

/** What belongs to a script, outside of its transaction. */
export interface ScriptSteps<T> {
  readonly prepare: (statements: Statements) => Promise<void>
  readonly conclude: (statements: Statements) => Promise<T>
}

/** A query that gives a row as long as what was written to the file is in it. */
export interface Trace {
  readonly sql: string
  readonly parameters: readonly SqlValue[]
}

/**
 * One SQLite file, open.
 *
 * Everything waits in one queue, so no statement ever falls into the transaction of another task.
 * While another process holds the file, statements wait and try again. Rejects with BatchError
 * DATABASE_UNUSABLE, reach run.
 */
export interface Database extends Statements {
  /** Absolute path. */
  readonly path: string
  /**
   * The path without links, which all who use the file agree on, whatever name they have for it.
   */
  readonly file: string
  /**
   * Runs `body` as one transaction that may write from its start (BEGIN IMMEDIATE) and commits it;
   * rolls back and rejects if `body` rejects. Inside, only the given `statements` may be used: the
   * database's own wait for its end.
   */
  readonly transaction: <T>(body: (statements: Statements) => Promise<T>) => Promise<T>
  /**
   * Runs `script` as one transaction, as `transaction` does, but in one go: while the lock is held
   * SQLite alone works, and others wait for no turn of this process's event loop. Python's llm does
   * not wait at all: it reads before it writes in one transaction, so SQLite refuses its first
   * write at once while somebody holds the lock.
   *
   * @param steps.prepare runs just before it, with nothing in between: what needs no lock, as
   * temporary tables do, is not to make others wait. `conclude` runs just after it, in the same
   * way, and gives the result.
   */
  readonly runScript: <T>(script: string, steps: ScriptSteps<T>) => Promise<T>
  /**
   * Writes what is in `-wal` to the file, once. While others read an older state, the next call
   * does it.
   */
  readonly writeBack: () => Promise<void>
  /**
   * Whether the file is still what was opened: what is written to one that is removed, replaced or
   * overwritten, nobody finds. After `writeBack`, an overwritten one is told by a row of ours that
   * it lacks.
   */
  readonly isInPlace: (trace: Trace) => Promise<boolean>
  /** From now on a lock is waited for no longer than so many milliseconds in all. */
  readonly hurry: (patienceMs: number) => void
  /** Waits for what was asked before, then closes. */
  readonly close: () => Promise<void>
}
