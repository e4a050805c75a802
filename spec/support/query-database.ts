import sqlite3 from 'sqlite3'

/** Rows that a query gives on a database file, read as another program would. */
export function queryDatabase(path: string, sql: string): Promise<any[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, sqlite3.OPEN_READONLY, error => {
      if (error) reject(error)
    })
    database.all(sql, (error, rows) => {
      database.close()
      if (error) reject(error)
      else resolve(rows)
    })
  })
}
