import type { Database } from '../../lib/port/database.js'
import { openCallLog } from '../../lib/store/open-call-log.js'
import { openDatabase } from '../../lib/store/open-database.js'
import { call, callLogContract, fragment, type ReadCall } from '../contract/call-log.js'
import { fakeClock } from '../support/fake-clock.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { editDatabase } from './edit-database.js'
import { makeLegacyDatabase, makeOldestDatabase } from './make-older-database.js'
import { specDriver } from './spec-driver.js'

const clock = fakeClock()

async function readCall(database: Database, id: string): Promise<ReadCall> {
  const [row] = await database.all<any>(
    `SELECT responses.*, conversations.name, conversations.model AS conversation_model
     FROM responses JOIN conversations ON conversations.id = conversation_id
     WHERE responses.id = ?`,
    [id],
  )
  expect(row.conversation_model).toBe(row.model)
  const fragments = await database.all<{ content: string }>(
    `SELECT content FROM prompt_fragments JOIN fragments ON fragments.id = fragment_id
     WHERE response_id = ? ORDER BY "order"`,
    [id],
  )
  return {
    name: row.name,
    model: row.model,
    prompt: row.prompt,
    system: row.system,
    response: row.response,
    options: JSON.parse(row.options_json),
    reply: row.response_json ? JSON.parse(row.response_json) : undefined,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    tokenDetails: row.token_details ? JSON.parse(row.token_details) : undefined,
    durationMs: row.duration_ms,
    datetime: row.datetime_utc,
    fragments: fragments.map(({ content }) => content),
  }
}

describe('createLegacyLog', () => {
  callLogContract({
    makeFile: path => makeLegacyDatabase({ path, clock }),
    readCall,
    async search(database, words) {
      const rows = await database.all<{ id: string }>(
        `SELECT id FROM responses WHERE rowid IN
           (SELECT rowid FROM responses_fts WHERE responses_fts MATCH ?)`,
        [words],
      )
      return rows.map(({ id }) => id)
    },
    promptsHaveFragments: false,
  })

  let workdir: Workdir
  let path: string

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
  })

  afterEach(() => workdir.remove())

  async function rowsAfter(...calls: ReturnType<typeof call>[]): Promise<any[]> {
    const database = await openDatabase({ path, clock, driver: specDriver })
    try {
      const log = await openCallLog(database, clock)
      await database.transaction(statements => log.write(statements, calls))
      return [...(await database.all<any>('SELECT * FROM responses'))]
    } finally {
      await database.close()
    }
  }

  it('refuses a file from before llm had responses', async () => {
    await editDatabase(
      path,
      'CREATE TABLE log (id INTEGER); CREATE TABLE _llm_migrations (name TEXT, applied_at TEXT)',
    )

    await expect(rowsAfter(call('01a'))).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringContaining('too old'),
      remedy: expect.stringContaining('--no-log'),
    })
  })

  it('never leaves NULL where llm would break on it', async () => {
    await makeLegacyDatabase({ path, clock })

    const [row] = await rowsAfter(call('01a', {}, { text: '' }))

    expect(row).toMatchObject({ options_json: '{}', response: '', conversation_id: '0001a' })
    expect(row).toMatchObject({ prompt_json: null, schema_id: null, resolved_model: null })
  })

  it('keeps what the oldest files have columns for', async () => {
    await makeOldestDatabase({ path, clock })

    const [row] = await rowsAfter(call('01a', { fragments: [fragment('Frag')] }))

    expect(row).toMatchObject({ id: '01a', prompt: 'question 0', response: 'yes', duration_ms: 5 })
  })
})
