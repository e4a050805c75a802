import { existsSync } from 'node:fs'
import {
  listFragments,
  removeFragmentAlias,
  setFragmentAlias,
} from '../../lib/store/fragment-library.js'
import { openStoredFragments } from '../../lib/store/open-stored-fragments.js'
import { queryDatabase } from '../support/query-database.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { editDatabase } from './edit-database.js'
import { specDriver } from './spec-driver.js'
import { storeClock } from './store-clock.js'
import { fragmentOf } from './write-calls.js'

describe('the library of fragments', () => {
  let workdir: Workdir
  let options: Parameters<typeof listFragments>[0]
  beforeEach(async () => {
    workdir = await makeWorkdir()
    options = { path: workdir.join('logs.db'), clock: storeClock(), driver: specDriver }
  })
  afterEach(() => workdir.remove())

  const all = { queries: [], hasAlias: false }

  it('is empty without a database, and makes none to list it', async () => {
    expect(await listFragments(options, all)).toEqual([])
    expect(existsSync(options.path)).toBe(false)
  })

  it('refuses to change a database of an llm that is too old for fragments', async () => {
    await editDatabase(
      options.path,
      `CREATE TABLE responses (id TEXT);
       CREATE TABLE _llm_migrations (name TEXT PRIMARY KEY, applied_at TEXT)`,
    )

    await expect(removeFragmentAlias(options, 'x')).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
    })
  })

  it('makes llm’s tables, with llm’s record of them, for the first fragment', async () => {
    await setFragmentAlias(options, { alias: 'docs', fragment: fragmentOf('Frag one text') })

    const migrations = await queryDatabase(
      options.path,
      'SELECT count(*) AS n FROM _llm_migrations',
    )
    expect(migrations[0].n).toBeGreaterThanOrEqual(29)
    expect(await listFragments(options, all)).toMatchObject([
      { aliases: ['docs'], content: 'Frag one text', source: '/texts/shared.txt' },
    ])
  })

  it('stores a text once, and points an alias to its newest text', async () => {
    const [one, two] = [fragmentOf('one'), { ...fragmentOf('two'), source: '/notes/two.txt' }]
    await setFragmentAlias(options, { alias: 'a', fragment: one })
    await setFragmentAlias(options, { alias: 'b', fragment: one })
    await setFragmentAlias(options, { alias: 'a', fragment: two })

    const store = await openStoredFragments(options)
    expect(await store.findFragment('a')).toEqual(two)
    expect(await store.findFragment('b')).toEqual(one)
    await store.close()
    expect(
      await listFragments(options, { queries: ['/notes', 'w'], hasAlias: true }),
    ).toMatchObject([{ content: 'two', aliases: ['a'] }])
    expect(await listFragments(options, { queries: ['b'], hasAlias: false })).toMatchObject([
      { content: 'one', aliases: ['b'] },
    ])
  })

  it('keeps the text of an alias that is removed', async () => {
    await setFragmentAlias(options, { alias: 'a', fragment: fragmentOf('one') })

    await removeFragmentAlias(options, 'a')
    await removeFragmentAlias(options, 'a')

    expect(await listFragments(options, all)).toMatchObject([{ content: 'one', aliases: [] }])
    expect(await listFragments(options, { queries: [], hasAlias: true })).toEqual([])
  })
})
