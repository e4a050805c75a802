import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { systemClock } from '../../../lib/host/system-clock.js'
import { migrateBatchTables } from '../../../lib/store/batches/migrate-batch-tables.js'
import type { Database } from '../../../lib/store/database/database.js'
import { openDatabase } from '../../../lib/store/database/open-database.js'
import { llmMigrations } from '../../../lib/store/llm-log/llm-schema.js'
import { makeLlmTables } from '../../../lib/store/llm-log/make-llm-tables.js'
import { queryDatabase } from '../../support/query-database.js'
import { range } from '../../support/rows.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { editDatabase } from '../edit-database.js'
import { makeLegacyDatabase } from '../make-older-database.js'
import { specDriver } from '../spec-driver.js'

let workdir: Workdir
let path: string
let database: Database | undefined

beforeEach(async () => {
  workdir = await makeWorkdir()
  path = workdir.join('logs.db')
})

afterEach(async () => {
  await database?.close()
  database = undefined
  await workdir.remove()
})

async function open(): Promise<Database> {
  database = await openDatabase({ path, clock: systemClock, driver: specDriver })
  return database
}

const schema = () => queryDatabase(path, 'SELECT type, name, sql FROM sqlite_master ORDER BY name')

describe('makeLlmTables', () => {
  it('refuses tables of llm’s without the record of their migrations', async () => {
    await editDatabase(path, 'CREATE TABLE conversations (id TEXT PRIMARY KEY)')

    await expect(makeLlmTables(await open(), systemClock)).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: `The database ${path} has tables of llm's, but no record of its migrations.`,
      remedy: expect.stringContaining('--no-log'),
    })
  })

  it('makes llm’s whole schema with the name of every migration, in llm’s order', async () => {
    await makeLlmTables(await open(), systemClock)

    const names = await queryDatabase(
      path,
      'SELECT name, applied_at FROM _llm_migrations ORDER BY rowid',
    )
    expect(names.map(({ name }) => name)).toEqual(llmMigrations)
    expect(names).toHaveLength(30)
    expect(names[0].applied_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/)
    const tables = (await schema()).filter(
      ({ type, name }) => type === 'table' && !/_fts_/.test(name),
    )
    expect(tables.filter(({ name }) => name !== '_llm_batch_migrations')).toHaveLength(28)
  })

  it('leaves a file of an older llm as it is', async () => {
    await makeLegacyDatabase({ path, clock: systemClock })
    const before = await schema()

    await makeLlmTables(await open(), systemClock)

    expect(await schema()).toEqual(before)
  })

  it('makes them beside tables of other programs', async () => {
    await editDatabase(path, 'CREATE TABLE theirs (id TEXT)')

    await makeLlmTables(await open(), systemClock)

    expect((await schema()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['theirs', 'turns']),
    )
  })
})

describe('migrateBatchTables', () => {
  it('makes batch_runs with the columns a user knows first, and batch_rows', async () => {
    await migrateBatchTables(await open(), systemClock)

    const columnsOf = async (table: string) =>
      (await queryDatabase(path, `PRAGMA table_info(${table})`)).map(({ name }) => name)
    expect((await columnsOf('batch_runs')).slice(0, 10)).toEqual(
      'id created_at input_file output_file model total_prompts completed_prompts failed_prompts status config'.split(
        ' ',
      ),
    )
    expect(await columnsOf('batch_rows')).toEqual(
      expect.arrayContaining(['batch_id', 'row_index', 'prompt_hash', 'status', 'log_id']),
    )
  })

  it('leaves a file that has them as it is', async () => {
    await migrateBatchTables(await open(), systemClock)
    const before = await schema()

    await migrateBatchTables(database as Database, systemClock)

    expect(await schema()).toEqual(before)
  })

  it('adds to a file of an older version of ours what it lacks', async () => {
    await migrateBatchTables(await open(), systemClock)
    const newest = await schema()
    await database?.exec(`
      DROP INDEX idx_batch_rows_recorded_place;
      ALTER TABLE batch_rows DROP COLUMN recorded_run;
      ALTER TABLE batch_rows DROP COLUMN recorded_index;
      DROP TRIGGER batch_rows_past_usage;
      DROP TABLE batch_past_usage;
      ALTER TABLE batch_rows DROP COLUMN cached_input_tokens;
      ALTER TABLE batch_rows DROP COLUMN reasoning_tokens;
      ${['cost_usd', 'cached_input_tokens', 'reasoning_tokens', 'unpriced_prompts', 'unsettled_usd']
        .map(column => `ALTER TABLE batch_runs DROP COLUMN ${column}`)
        .join(';')};
      DROP INDEX idx_batch_rows_reuse;
      DROP TABLE batch_answers;
      DROP TABLE batch_shared_limits;
      ALTER TABLE batch_rows DROP COLUMN reuse;
      ALTER TABLE batch_rows DROP COLUMN is_cut;
      ALTER TABLE batch_runs DROP COLUMN deduped_prompts;
      ALTER TABLE batch_runs DROP COLUMN cached_prompts;
      DELETE FROM _llm_batch_migrations WHERE name <> 'b001_batch_tables';`)

    await migrateBatchTables(database as Database, systemClock)

    expect(await schema()).toEqual(newest)
  })

  it('refuses a file that a newer version of ours has changed, and names what that did', async () => {
    await migrateBatchTables(await open(), systemClock)
    await editDatabase(path, "INSERT INTO _llm_batch_migrations VALUES ('b999_future', '')")

    await expect(migrateBatchTables(database as Database, systemClock)).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: `The database ${path} was changed by a newer version of llm batch (b999_future).`,
    })
  })
})

describe('a fresh database', () => {
  const start = `
    const [store, clock, path] = process.argv.slice(1)
    const { openBatchStore } = await import(store)
    const { systemClock } = await import(clock)
    process.stdin.once('data', async () => {
      const store = await openBatchStore({ path, clock: systemClock, log: true })
      await (await store.begin({ id: String(process.pid), inputFile: '-', outputFile: undefined, model: 'm', config: {} })).start()
      await store.close()
      process.exit()
    })
    console.log('ready')`

  it('is made by four processes at once without an error in any of them', async () => {
    const built = (file: string) => resolve(import.meta.dirname, '../../../dist/lib', file)
    const files = [built('store/open-batch-store.js'), built('host/system-clock.js'), path]
    const children = range(4).map(() => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', start, ...files])
      const ready = new Promise<void>(resolve => child.stdout.once('data', () => resolve()))
      let said = ''
      child.stderr.on('data', text => {
        said += text
      })
      const ended = new Promise<string>(resolve => {
        child.once('close', code => resolve(`${code} ${said}`))
      })
      return { child, ready, ended }
    })
    await Promise.all(children.map(({ ready }) => ready))

    for (const { child } of children) child.stdin.write('go\n')
    const ends = await Promise.all(children.map(({ ended }) => ended))

    expect(ends).toEqual(['0 ', '0 ', '0 ', '0 '])
    expect(await queryDatabase(path, 'SELECT id FROM batch_runs')).toHaveLength(4)
    expect(await queryDatabase(path, 'SELECT name FROM _llm_migrations')).toHaveLength(30)
  })
})
