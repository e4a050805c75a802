import {
  databaseLost,
  databaseTrouble,
  logDamaged,
  logTooNew,
} from '../../../lib/store/database/database-trouble.js'
import { fault } from '../../support/rows.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

describe('databaseTrouble', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  /** An error as sqlite3 has it. */
  const sqlite3Error = (errno: number, message = 'SQLITE: reason') =>
    Object.assign(new Error(message), { errno, code: 'SQLITE_ERROR' })
  /** An error as node:sqlite has it, with an extended code. */
  const nodeError = (errcode: number) =>
    Object.assign(new Error('reason'), { errcode: errcode | (3 << 8), code: 'ERR_SQLITE_ERROR' })

  it.each([
    ['a damaged file', sqlite3Error(11), / is damaged \(SQLITE: reason\)\.$/, /a backup/],
    ['a damaged file', nodeError(11), / is damaged \(reason\)\.$/, /a backup/],
    ['a file without rights', sqlite3Error(3), / cannot be written: /, /Make them writable/],
    ['a full disk', sqlite3Error(13), /^The disk is full: /, /Free some space/],
    ['a broken disk', sqlite3Error(10), / cannot be read or written: SQLITE: reason\./, /sound/],
    [
      'an SQLite without full-text search',
      sqlite3Error(1, 'no such module: fts5'),
      /lacks full-text search \(FTS5\)/,
      /--no-log/,
    ],
    ['something else', sqlite3Error(1), / cannot be used: SQLITE: reason\./, /folder exists/],
    ['what is no error', 'a text', / cannot be used: a text\.$/, /folder exists/],
    ['nothing', null, / cannot be used: null\.$/, /folder exists/],
  ])('says what %s means and what to do', (_what, error, message, remedy) => {
    expect(databaseTrouble(error, workdir.join('logs.db'))).toMatchObject({
      code: 'DATABASE_UNUSABLE',
      reach: 'run',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
  })

  it('tells a file that cannot be opened from one whose neighbours cannot', async () => {
    const path = await workdir.write('logs.db', 'there')
    const missing = workdir.join('missing.db')

    expect(databaseTrouble(sqlite3Error(14), path)).toMatchObject({
      message: expect.stringContaining('SQLite keeps files beside it'),
      remedy: expect.stringContaining('-wal file'),
    })
    for (const other of [missing, workdir.path]) {
      expect(databaseTrouble(sqlite3Error(14), other).message).toBe(
        `The database ${other} cannot be used: SQLITE: reason.`,
      )
    }
  })

  it('leaves an error of ours as it is', () => {
    const error = fault('BATCH_LOST', 'run')

    expect(databaseTrouble(error, 'logs.db')).toBe(error)
  })
})

describe('what is wrong with a log', () => {
  it.each([
    [logTooNew('a.db', ['turns.id', 'calls']), 'DATABASE_UNUSABLE', /no turns\.id, calls\.$/],
    [logDamaged('a.db', 'call1'), 'DATABASE_UNUSABLE', /messages of the call call1 are missing/],
    [databaseLost('a.db', ['b.journal', 'c.journal']), 'DATABASE_LOST', /a\.db was removed/],
  ])('is said with its place: %s', (error, code, message) => {
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('names the journals that have the answers of a lost database', () => {
    expect(databaseLost('a.db', ['b.journal', 'c.journal']).remedy).toContain(
      'b.journal and c.journal',
    )
  })
})
