import { spawn, spawnSync } from 'node:child_process'

const editor = `
  const { default: sqlite3 } = await import('sqlite3')
  const [path, script] = process.argv.slice(1)
  const database = new sqlite3.Database(path)
  database.configure('busyTimeout', 5000)
  database.exec(script, error => database.close(() => {
    if (error) throw error
  }))`

/**
 * Runs a script on a database file, as another program would: in a process of its own, as
 * `lockDatabase` does.
 */
export async function editDatabase(path: string, script: string): Promise<void> {
  const words = ['--input-type=module', '-e', editor, path, script]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const exitCode = await new Promise(resolve => child.once('close', resolve))
  if (exitCode !== 0) throw new Error(`editing ${path} failed`)
}

/** The same, while this process stands still; tells what came of it. */
export function editWhileWaiting(path: string, script: string): string {
  const words = ['--input-type=module', '-e', editor, path, script]
  const { status, stderr } = spawnSync(process.execPath, words)
  return status === 0 ? 'written' : `${stderr}`
}

const victim = `
  const { default: sqlite3 } = await import('sqlite3')
  const [path, script] = process.argv.slice(1)
  const database = new sqlite3.Database(path)
  database.exec(script, () => process.kill(process.pid, 'SIGKILL'))`

/** Runs a script as another program would that is killed at its end. */
export async function breakOffEdit(path: string, script: string): Promise<void> {
  const words = ['--input-type=module', '-e', victim, path, script]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const signal = await new Promise(resolve => child.once('close', (_, by) => resolve(by)))
  if (signal !== 'SIGKILL') throw new Error(`editing ${path} ended by itself`)
}

/** Another program that holds a file's lock until released. */
export interface FileLock {
  readonly release: () => Promise<void>
}

const locker = `
  const { default: sqlite3 } = await import('sqlite3')
  const database = new sqlite3.Database(process.argv[1])
  database.exec('BEGIN EXCLUSIVE', error => console.log(error?.message ?? 'locked'))
  process.stdin.once('data', () => database.exec('ROLLBACK', () => process.exit()))`

/**
 * Locks a file from a process of its own: within one process, two copies of SQLite do not see each
 * other's locks.
 */
export async function lockDatabase(path: string): Promise<FileLock> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', locker, path])
  const said = await new Promise(resolve => child.stdout.once('data', text => resolve(`${text}`)))
  if (said !== 'locked\n') throw new Error(`not locked: ${said}`)
  return {
    release: () =>
      new Promise(resolve => {
        child.once('close', () => resolve())
        child.stdin.write('release\n')
      }),
  }
}
