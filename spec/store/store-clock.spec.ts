import { resolve } from 'node:path'
import { openDatabase } from '../../lib/store/database/open-database.js'
import { readSources } from '../support/house.js'
import { until } from '../support/until.js'
import { makeWorkdir } from '../support/workdir.js'
import { lockDatabase } from './edit-database.js'
import { specDriver } from './spec-driver.js'
import { storeClock } from './store-clock.js'

describe('storeClock', () => {
  it('lets a statement run again until a lock is gone, although nobody moves it', async () => {
    const workdir = await makeWorkdir()
    const path = workdir.join('logs.db')
    const { sleep, ...clock } = storeClock()
    let waits = 0
    const counting = (ms: number) => {
      waits += 1
      return sleep(ms)
    }
    const database = await openDatabase({
      ...{ path, busyTimeoutMs: 1, driver: specDriver },
      clock: { ...clock, sleep: counting },
    })
    const lock = await lockDatabase(path)

    const made = database.run('CREATE TABLE kept (text)')
    await until(() => waits > 2)
    await lock.release()

    await made
    await database.close()
    await workdir.remove()
  })

  it('is the only fake clock in the specs of stores', async () => {
    const root = resolve(import.meta.dirname, '../..')
    const sources = await readSources(root, ['spec/store', 'spec/contract'])
    const users = [...sources].filter(([, text]) => /\bfakeClock\(/.test(text))

    expect(users.map(([path]) => path)).toEqual(['spec/store/store-clock.ts'])
  })
})
