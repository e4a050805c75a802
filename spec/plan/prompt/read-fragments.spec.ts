import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { systemClock } from '../../../lib/host/system-clock.js'
import {
  type FragmentNames,
  readFragments,
  recordedNames,
} from '../../../lib/plan/prompt/read-fragments.js'
import type { StoredBatch } from '../../../lib/port/stored-batch.js'
import { type FileServer, startFileServer } from '../../support/file-server.js'
import { makeDatabase } from '../../support/make-database.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const now = 'The page as it is now'
const before = 'The page as it was before'

let workdir: Workdir
let server: FileServer
let page: string
beforeEach(async () => {
  workdir = await makeWorkdir()
  server = await startFileServer({ content: Buffer.from(now), type: 'text/plain' })
  page = `${server.origin}/page`
})
afterEach(async () => {
  await server.close()
  await workdir.remove()
})

/** @param fetched what the batch that is resumed has recorded of its pages. */
function read(names: Partial<FragmentNames>, fetched?: Readonly<Record<string, string>>) {
  const recorded = fetched && ({ config: { fetched } } as unknown as StoredBatch)
  return readFragments(
    { fragments: [], systemFragments: [], ...names },
    { path: workdir.join('logs.db'), clock: systemClock, environment: {}, recorded },
  )
}

/** A database as llm makes it, with one fragment that has an alias and no source. */
async function storeFragments(): Promise<void> {
  await makeDatabase(
    workdir.join('logs.db'),
    `CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT, source TEXT);
     CREATE TABLE fragment_aliases (alias TEXT PRIMARY KEY, fragment_id INTEGER);
     INSERT INTO fragments VALUES (1, '${hashOf('rules')}', 'rules', NULL);
     INSERT INTO fragments VALUES (2, '${hashOf(before)}', '${before}', '${page}');
     INSERT INTO fragment_aliases VALUES ('house', 1)`,
  )
}

describe('readFragments', () => {
  it('reads none if none are named', async () => {
    expect(await read({})).toEqual({ fragments: [], systemFragments: [], fetched: {} })
  })

  it('finds aliases, files and pages in the order of their names, each page once', async () => {
    await storeFragments()
    const file = await workdir.write('notes.txt', 'one\r\ntwo')

    const found = await read({ fragments: [file, page, 'house'], systemFragments: [page] })

    expect(found.fragments).toEqual([
      { hash: hashOf('one\ntwo'), content: 'one\ntwo', source: file },
      { hash: hashOf(now), content: now, source: page },
      { hash: hashOf('rules'), content: 'rules' },
    ])
    expect(found.systemFragments).toEqual([found.fragments[1]])
    expect(found.fetched).toEqual({ [page]: hashOf(now) })
    expect(server.requests).toHaveLength(1)
  })

  it('resumes with the page that was asked about before, if the database has it', async () => {
    await storeFragments()

    const found = await read({ fragments: [page] }, { [page]: hashOf(before) })

    expect(found.fragments).toEqual([{ hash: hashOf(before), content: before, source: page }])
    expect(found.fetched).toEqual({ [page]: hashOf(before) })
    expect(server.requests).toEqual([])
  })

  it.each([
    ['the database lacks', (url: string) => ({ [url]: hashOf('lost') })],
    ['the batch has not recorded', () => ({})],
  ])('fetches a page again that %s', async (_what, fetchedOf) => {
    await storeFragments()

    const found = await read({ fragments: [page] }, fetchedOf(page))

    expect(found.fetched).toEqual({ [page]: hashOf(now) })
    expect(server.requests).toHaveLength(1)
  })

  it('refuses a name that is nothing, and makes no database', async () => {
    await expect(read({ systemFragments: ['none.txt'] })).rejects.toMatchObject({
      ...{ code: 'FRAGMENT_NOT_FOUND', reach: 'run', message: "Fragment 'none.txt' not found" },
    })
    await expect(workdir.read('logs.db')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('recordedNames', () => {
  it('makes the names of files absolute, and leaves aliases and pages', () => {
    const of = (source?: string) => ({ hash: 'h', content: 'c', ...(source && { source }) })
    const page = 'https://example.com/a'
    const fragments = [of('/template.txt'), of(resolve('notes.txt')), of(), of(page)]

    expect(recordedNames(['notes.txt', 'house', page], fragments)).toEqual([
      resolve('notes.txt'),
      'house',
      page,
    ])
    expect(recordedNames(['notes.txt'], [])).toEqual(['notes.txt'])
  })
})
