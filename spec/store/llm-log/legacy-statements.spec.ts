import { textMessage } from '../../../lib/row/message.js'
import { openDatabase } from '../../../lib/store/database/open-database.js'
import { readMessages } from '../../../lib/template/read-messages.js'
import { call, callLogContract } from '../../contract/call-log.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { editDatabase } from '../edit-database.js'
import { makeLegacyDatabase, makeOldestDatabase } from '../make-older-database.js'
import { readResponse, searchResponses } from '../read-response.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { fragmentOf, writeCalls } from '../write-calls.js'

const clock = storeClock()

describe('legacyStatements', () => {
  callLogContract({
    makeFile: path => makeLegacyDatabase({ path, clock }),
    readCall: readResponse,
    search: searchResponses,
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
      await writeCalls(database, calls)
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

  it('keeps the messages that a row gives as they were sent, without the bytes of images', async () => {
    await makeLegacyDatabase({ path, clock })
    const given = [
      { role: 'user', content: 'A lake?', id: 12345678901234567890n },
      { role: 'assistant', content: 'Como.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]
    const messages = [textMessage('system', 'Be brief'), ...readMessages(given, 'messages')]

    const [row] = await rowsAfter(call('01a', { text: 'And this?', system: 'Be brief', messages }))

    expect(row).toMatchObject({ prompt: 'And this?', system: 'Be brief', response: 'yes' })
    expect(row.prompt_json).toBe(
      '{"messages":[{"role":"system","content":"Be brief"},' +
        '{"role":"user","content":"A lake?","id":12345678901234567890},' +
        '{"role":"assistant","content":"Como."},' +
        '{"role":"user","content":[{"type":"text","text":"And this?"},' +
        '{"type":"image_url","image_url":{"url":"data:..."}}]}]}',
    )
  })

  it('keeps what the oldest files have columns for', async () => {
    await makeOldestDatabase({ path, clock })

    const [row] = await rowsAfter(call('01a', { fragments: [fragmentOf('Frag')] }))

    expect(row).toMatchObject({ id: '01a', prompt: 'question 0', response: 'yes', duration_ms: 5 })
  })
})
