import { readFile, rm, writeFile } from 'node:fs/promises'
import type { Database } from '../../../lib/store/database/database.js'
import { openDatabase } from '../../../lib/store/database/open-database.js'
import type { FakeClock } from '../../support/fake-clock.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { editDatabase } from '../edit-database.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'

const trace = { sql: 'SELECT 1 FROM kept WHERE text = ?', parameters: ['ours'] }

describe('fileWatch', () => {
  let workdir: Workdir
  let path: string
  let clock: FakeClock
  let database: Database

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
    clock = storeClock()
    await editDatabase(path, 'CREATE TABLE kept (text)')
    database = await openDatabase({ path, clock, driver: specDriver })
    await database.run("INSERT INTO kept VALUES ('ours')")
  })
  afterEach(async () => {
    await database.close()
    await workdir.remove()
  })

  /** Lets the clock go on as far as it is waited for. */
  async function isInPlace(): Promise<boolean> {
    let answer: boolean | undefined
    const asked = database.isInPlace(trace).then(isIn => {
      answer = isIn
    })
    await until(() => answer !== undefined || clock.sleepers() > 0)
    await clock.advance(1000)
    await asked
    return answer ?? false
  }

  it('finds a file in place that another program wrote back, and one it did not', async () => {
    await database.writeBack()
    expect(await isInPlace()).toBe(true)
    await editDatabase(path, "INSERT INTO kept VALUES ('theirs'); PRAGMA wal_checkpoint(FULL)")
    expect(await isInPlace()).toBe(true)
    await database.run("INSERT INTO kept VALUES ('more')")

    expect(await isInPlace()).toBe(true)
  })

  it.each([
    ['an older state of its own', () => readFile(workdir.join('older.db'))],
    ['nothing', () => Buffer.alloc(0)],
    ['no database', () => Buffer.from('none '.repeat(4000))],
  ])('notices that the file was overwritten by %s', async (_what, content) => {
    await editDatabase(workdir.join('older.db'), 'CREATE TABLE kept (text)')
    await database.writeBack()
    expect(await isInPlace()).toBe(true)

    await writeFile(path, await content())

    expect(await isInPlace()).toBe(false)
  })

  it('notices that the file was overwritten before it was looked into for the first time', async () => {
    await database.writeBack()

    await writeFile(path, 'none '.repeat(4000))

    expect(await isInPlace()).toBe(false)
  })

  it.each(['before it is written back', 'after that'])(
    'notices that the file is gone, %s',
    async when => {
      if (when === 'after that') await database.writeBack()

      await rm(path)

      expect(await isInPlace()).toBe(false)
    },
  )

  it('trusts a file that changed again while it was looked into', async () => {
    await database.writeBack()
    const whole = await readFile(path)
    await writeFile(path, 'half')
    const asked = database.isInPlace(trace)
    await until(() => clock.sleepers() > 0)

    await writeFile(path, whole)
    await clock.advance(1000)

    expect(await asked).toBe(true)
    expect(await isInPlace()).toBe(true)
  })
})
