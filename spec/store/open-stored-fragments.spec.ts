import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { openStoredFragments } from '../../lib/store/open-stored-fragments.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { editDatabase } from './edit-database.js'
import { makeLlmDatabase } from './make-older-database.js'
import { specDriver } from './spec-driver.js'
import { storeClock } from './store-clock.js'
import { fragmentOf } from './write-calls.js'

let workdir: Workdir
let path: string
let store: Awaited<ReturnType<typeof openStoredFragments>>

beforeEach(async () => {
  workdir = await makeWorkdir()
  path = workdir.join('logs.db')
})

afterEach(async () => {
  await store.close()
  await workdir.remove()
})

async function open(): Promise<void> {
  store = await openStoredFragments({ path, clock: storeClock(), driver: specDriver })
}

describe('openStoredFragments', () => {
  it('finds none where there is no file, and makes none', async () => {
    await open()

    expect(await store.findFragment('docs')).toBeUndefined()
    expect(existsSync(path)).toBe(false)
  })

  it('finds none in a file that has no table for them, and changes nothing of it', async () => {
    await editDatabase(path, 'CREATE TABLE other (id INTEGER)')
    const before = await readFile(path)
    await open()
    expect(await readFile(path)).toEqual(before)

    expect(await store.findFragment('docs')).toBeUndefined()
    expect(await store.listAliases()).toEqual([])
  })

  it('finds a fragment by its alias or whole hash, the alias first', async () => {
    const { hash } = fragmentOf('Frag one text')
    await makeLlmDatabase({ path, clock: storeClock() })
    await editDatabase(
      path,
      `INSERT INTO fragments (id, hash, content) VALUES (1, '${hash}', 'Frag one text'), (2, 'h2', 'Two');
       INSERT INTO fragment_aliases VALUES ('two', 2), ('docs', 1), ('${hash.slice(1)}', 2)`,
    )
    await open()

    const one = {
      hash: '7087ea5a6ed55315a9f089aaaf3c90e255a2e2da7e097ef3221edb391e83a347',
      content: 'Frag one text',
    }
    expect(await store.findFragment('docs')).toEqual(one)
    expect(await store.findFragment(hash)).toEqual(one)
    expect(await store.findFragment(hash.slice(0, 8))).toBeUndefined()
    expect(await store.listAliases()).toEqual([hash.slice(1), 'docs', 'two'])
  })
})
