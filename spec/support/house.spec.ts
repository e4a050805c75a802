import {
  circles,
  fenceBreaks,
  homelessFiles,
  longFiles,
  poorNames,
  unreadableImports,
  upwardImports,
  wideRooms,
} from './house.js'

const house = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files))

describe('homelessFiles', () => {
  it('finds a file in a folder that no storey has', () => {
    const sources = house({ 'lib/cellar/wine.ts': '', 'lib/row/row.ts': '', 'lib/index.ts': '' })
    expect(homelessFiles(sources)).toEqual(['lib/cellar/wine.ts'])
  })
})

describe('homelessFiles in rooms', () => {
  it('finds a file in a room that its folder does not have', () => {
    const sources = house({ 'lib/store/cellar/wine.ts': '', 'lib/store/database/a.ts': '' })
    expect(homelessFiles(sources)).toEqual(['lib/store/cellar/wine.ts'])
  })
})

describe('wideRooms', () => {
  const folder = (path: string, width: number) =>
    Object.fromEntries(Array.from({ length: width }, (_, at) => [`${path}/a${at}.ts`, '']))

  it('allows 20 files on one floor and finds 21, rooms not counted in', () => {
    const sources = house({
      ...folder('lib/row', 21),
      ...folder('lib/stage', 20),
      ...folder('lib/stage/spill', 20),
    })
    expect(wideRooms(sources)).toEqual(['lib/row has 21 files'])
  })
})

describe('upwardImports', () => {
  it.each([
    ['a value', `import { a } from '../run/plan.js'`],
    ['only a type', `import type { A } from '../run/plan.js'`],
    ['a re-export', `export * from '../run/plan.js'`],
    ['a dynamic import', `await import('../run/plan.js')`],
    ['a type by import()', `type A = import('../run/plan.js').A`],
  ])('finds an import from above: %s', (_what, text) => {
    const sources = house({ 'lib/stage/gate.ts': text, 'lib/run/plan.ts': '' })
    expect(upwardImports(sources)).toEqual(['lib/stage/gate.ts → lib/run/plan.ts'])
  })

  it('finds an import between folders on one storey', () => {
    const sources = house({ 'lib/sink/a.ts': `import '../source/b.js'`, 'lib/source/b.ts': '' })
    expect(upwardImports(sources)).toEqual(['lib/sink/a.ts → lib/source/b.ts'])
  })

  it('finds an import from a room of the same folder that is above', () => {
    const sources = house({
      'lib/store/database/a.ts': `import '../batches/b.js'\nimport '../c.js'`,
      'lib/store/batches/b.ts': `import '../database/a.js'`,
      'lib/store/c.ts': `import './batches/b.js'`,
    })
    expect(upwardImports(sources)).toEqual([
      'lib/store/database/a.ts → lib/store/batches/b.ts',
      'lib/store/database/a.ts → lib/store/c.ts',
    ])
  })

  it('finds an import of a room further up', () => {
    const sources = house({
      'lib/store/llm-log/a.ts': `import '../journal/b.js'`,
      'lib/store/journal/b.ts': '',
    })
    expect(upwardImports(sources)).toEqual(['lib/store/llm-log/a.ts → lib/store/journal/b.ts'])
  })

  it('finds an import of the door from inside', () => {
    const sources = house({ 'lib/cli/a.ts': `import '../index.js'`, 'lib/index.ts': '' })
    expect(upwardImports(sources)).toEqual(['lib/cli/a.ts → lib/index.ts'])
  })

  it('allows the same folder, storeys below, packages, and what a comment or a text says', () => {
    const text = `import './b.js'\nimport '../row/row.js'\nimport 'zod'
      // import '../cli/main.js'
      const text = "import '../cli/main.js'"`
    expect(upwardImports(house({ 'lib/stage/a.ts': text }))).toEqual([])
  })
})

describe('unreadableImports', () => {
  it('finds an import of a file that is not there', () => {
    const sources = house({ 'lib/row/row.ts': `import './column.js'` })
    expect(unreadableImports(sources)).toEqual([
      'lib/row/row.ts → lib/row/column.ts, which is not there',
    ])
  })

  it('finds an import whose name is computed', () => {
    const sources = house({ 'lib/row/row.ts': 'await import(name)' })
    expect(unreadableImports(sources)).toEqual([
      'lib/row/row.ts computes the name of what it imports',
    ])
  })
})

describe('circles', () => {
  it('prints the whole circle, without the way to it', () => {
    const sources = house({
      'lib/row/a.ts': `import './b.js'`,
      'lib/row/b.ts': `import './c.js'`,
      'lib/row/c.ts': `import type { B } from './b.js'`,
    })
    expect(circles(sources)).toEqual(['lib/row/b.ts → lib/row/c.ts → lib/row/b.ts'])
  })

  it('lets two files import a third', () => {
    const sources = house({
      'lib/row/a.ts': `import './b.js'\nimport './c.js'`,
      'lib/row/b.ts': `import './c.js'`,
      'lib/row/c.ts': '',
    })
    expect(circles(sources)).toEqual([])
  })
})

describe('fenceBreaks', () => {
  it.each([
    ['lib/run/a.ts', `import { request } from 'undici'`, 'undici'],
    ['lib/api/a.ts', `const { createOpenAI } = await import('@ai-sdk/openai')`, '@ai-sdk/openai'],
    ['lib/api/a.ts', `await fetch(url)`, 'fetch'],
    ['lib/store/batch-store.ts', `import { DatabaseSync } from 'node:sqlite'`, 'node:sqlite'],
    ['lib/sink/write-json.ts', `import { stringify } from 'csv-stringify'`, 'csv-stringify'],
    ['lib/stage/a.ts', `import { parser } from 'stream-json'`, 'stream-json'],
    ['lib/stage/a.ts', `import Verifier from 'stream-json/file/verifier.js'`, 'stream-json/'],
    ['lib/source/open-source.ts', `await import('saxes')`, 'saxes'],
    ['lib/source/read-xlsx.ts', `import { open } from 'yauzl'`, 'yauzl'],
    ['lib/template/a.ts', `import { parse } from 'yaml'`, 'yaml'],
    ['lib/api/a.ts', `import ora from 'ora'`, 'ora'],
    ['lib/home/a.ts', 'const home = process.env.HOME', 'process'],
    ['lib/home/a.ts', 'console.error(1)', 'console'],
    ['lib/home/a.ts', 'globalThis.process.cwd()', 'process'],
    ['lib/home/a.ts', `import { env } from 'node:process'`, 'node:process'],
    ['lib/cli/a.ts', 'process.exitCode = 2', 'process.exitCode'],
    ['lib/stage/a.ts', 'const now = Date.now()', 'Date.now'],
    ['lib/stage/a.ts', 'const now = new Date()', 'new Date()'],
    ['lib/stage/a.ts', 'performance.now()', 'performance'],
    ['lib/stage/a.ts', 'const { random } = { random: Math.random }', 'Math.random'],
    ['lib/stage/a.ts', 'setTimeout(done, 50)', 'setTimeout'],
    ['lib/stage/a.ts', 'setImmediate(done)', 'setImmediate'],
    ['lib/model/a.ts', 'AbortSignal.timeout(10)', 'AbortSignal.timeout'],
    ['lib/stage/a.ts', `import { setTimeout as wait } from 'node:timers/promises'`, 'node:timers'],
    ['lib/config/a.ts', `import { readFile } from 'node:fs/promises'`, 'node:fs/promises'],
  ])('finds in %s: %s', (path, text, used) => {
    const breaks = fenceBreaks(house({ [path]: text }))
    expect(breaks.length).toBeGreaterThan(0)
    expect(breaks[0]).toContain(`${path} uses ${used}`)
  })

  it.each([
    ['lib/model/transport.ts', `import { Pool } from 'undici'`],
    ['lib/store/database/open-database.ts', `await import('node:sqlite')`],
    ['lib/store/database/sqlite3-database.ts', `await import('sqlite3')`],
    ['lib/source/read-csv.ts', `import { parse } from 'csv-parse'`],
    ['lib/source/read-json.ts', `import { parser } from 'stream-json'`],
    [
      'lib/source/json-rows.ts',
      `import { streamArray } from 'stream-json/streamers/stream-array.js'`,
    ],
    ['lib/home/templates.ts', `import { parse } from 'yaml'`],
    ['lib/cli/a.ts', 'console.log(process.argv)'],
    ['bin/llm.ts', 'process.exitCode = 1'],
    ['lib/host/system-clock.ts', 'setTimeout(done, Date.now() * Math.random())'],
    ['lib/stage/a.ts', 'const at = new Date(clock.nowMs())\nrow.process.console()'],
    ['lib/stage/a.ts', `/** Not setTimeout. */ const text = 'process.env, Date.now()'`],
    ['lib/stage/a.ts', 'const parts = { process: 1, console: 2, fetch: 3 }'],
  ])('allows in %s: %s', (path, text) => {
    expect(fenceBreaks(house({ [path]: text }))).toEqual([])
  })
})

describe('longFiles', () => {
  it('allows 250 lines and finds 251', () => {
    const sources = house({
      'lib/row/a.ts': `${'x\n'.repeat(250)}`,
      'lib/row/b.ts': `${'x\n'.repeat(251)}`,
    })
    expect(longFiles(sources)).toEqual(['lib/row/b.ts has 251 lines'])
  })
})

describe('poorNames', () => {
  it.each(['lib/row/utils.ts', 'lib/row/helper.ts', 'lib/row/types.ts', 'lib/row/index.ts'])(
    'finds a name that says nothing: %s',
    path => {
      expect(poorNames(house({ [path]: '' }))).toEqual([`${path} is named for nothing in it`])
    },
  )

  it('finds a name that is not kebab-case', () => {
    expect(poorNames(house({ 'lib/row/rowTally.ts': '' }))).toHaveLength(1)
  })

  it('finds a name that occurs twice', () => {
    const sources = house({ 'lib/row/row.ts': '', 'lib/port/row.ts': '' })
    expect(poorNames(sources)).toEqual(['row.ts occurs twice: lib/row/row.ts, lib/port/row.ts'])
  })

  it('allows an index at the door', () => {
    expect(poorNames(house({ 'lib/index.ts': '', 'lib/row/row.ts': '' }))).toEqual([])
  })
})
