import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { queryDatabase } from '../support/query-database.js'
import { scale } from '../support/scale.js'
import { makeWorkdir } from '../support/workdir.js'

const root = resolve(import.meta.dirname, '../..')
const node24 = join(root, '.cache/node-24/node_modules/.bin/node')
const isThere = existsSync(node24)

// Skipped for want of Node 24: `sh spec/support/install-node.sh 24` gets it. CI may not skip it.
const describeOnNode24 = isThere || process.env.CI === 'true' ? describe : describe.skip

describeOnNode24('the store on node:sqlite, under Node 24', () => {
  // `make matrix` runs all specs of the store so, and `make soak` here.
  const specs = scale > 1 ? 'spec/store/' : 'spec/store/open-batch-store'

  it('keeps every promise that it keeps on sqlite3', () => {
    const jest = join(root, 'node_modules/jest/bin/jest.js')
    const flags = ['--reporters=default', '--maxWorkers=1', '--testTimeout=120000']

    const { status, stderr, error } = spawnSync(
      node24,
      ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, specs, ...flags],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, LLM_BATCH_SPEC_DRIVER: 'node-sqlite' },
      },
    )

    expect(error).toBeUndefined()
    if (status !== 0) throw new Error(`The store's specs under Node 24:\n${stderr}`)
    expect(stderr).toMatch(/Tests: .*passed/)
  }, 3_600_000)

  it('is taken by itself where sqlite3 has no binary', async () => {
    const workdir = await makeWorkdir()
    const withoutSqlite3 = `
      import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name === 'sqlite3') throw Object.assign(new Error('none'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(name, context)
      } })
      const [store, clock, path] = process.argv.slice(1)
      const { openBatchStore } = await import(store)
      const { systemClock } = await import(clock)
      await (await openBatchStore({ path, clock: systemClock, log: true })).close()`
    const built = (file: string) => join(root, 'dist/lib', file)
    const path = workdir.join('logs.db')
    const files = [built('store/open-batch-store.js'), built('host/system-clock.js'), path]
    const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module']

    const { status, stderr } = spawnSync(node24, [...flags, '-e', withoutSqlite3, ...files], {
      encoding: 'utf8',
    })

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(await queryDatabase(path, 'SELECT * FROM turns')).toEqual([])
    await workdir.remove()
  })
})
