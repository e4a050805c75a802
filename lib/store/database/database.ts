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
 * Everything waits in one queue, so no statement gets into the transaction of another task. While
 * another process holds the file, statements wait and try again. Rejects with BatchError
 * DATABASE_UNUSABLE, reach run.
 */
export interface Database extends Statements {
  /** Absolute path. */
  readonly path: string
  /** The path without links: the same for every process, whatever name it uses. */
  readonly file: string
  /**
   * Runs `body` in a transaction that may write from its start (BEGIN IMMEDIATE), and commits it.
   * Rolls back and rejects if `body` rejects. `body` may use only the given `statements`: the
   * database's own methods wait for the end of the transaction.
   */
  readonly transaction: <T>(body: (statements: Statements) => Promise<T>) => Promise<T>
  /**
   * Runs `script` as one transaction in one call, so that the lock is held for no turn of the event
   * loop. Python's llm cannot wait for the lock: its transaction reads before it writes, so SQLite
   * refuses its first write at once while another process holds the lock.
   *
   * @param steps `prepare` runs directly before the script, for work that needs no lock, such as
   * temporary tables. `conclude` runs directly after it, and gives the result.
   */
  readonly runScript: <T>(script: string, steps: ScriptSteps<T>) => Promise<T>
  /**
   * Writes the content of `-wal` to the file. While other processes read an older state, this is
   * left to the next call.
   */
  readonly writeBack: () => Promise<void>
  /**
   * Whether the file is still the one that was opened. Nobody would find what is written to a
   * removed, replaced or overwritten file. After `writeBack`, an overwritten file is detected by a
   * missing row of ours.
   */
  readonly isInPlace: (trace: Trace) => Promise<boolean>
  /** From now on, waits for a lock at most this many milliseconds in all. */
  readonly hurry: (patienceMs: number) => void
  /** Waits for earlier calls, then closes. */
  readonly close: () => Promise<void>
}
