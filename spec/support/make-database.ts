import sqlite3 from 'sqlite3'

/** Makes or changes a database file with a script, in one transaction. */
export function makeDatabase(path: string, script: string): Promise<void> {
  return execute(path, `PRAGMA synchronous = OFF; BEGIN; ${script}; COMMIT`)
}

/** Puts a database into WAL mode, which it keeps. */
export function setWal(path: string): Promise<void> {
  return execute(path, 'PRAGMA journal_mode = WAL')
}

function execute(path: string, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path)
    database.exec(script, error => {
      database.close(closed => (error || closed ? reject(error ?? closed) : resolve()))
    })
  })
}
