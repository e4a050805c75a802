import { type Message, messageText, textMessage } from '../../../lib/row/message.js'
import type { Database } from '../../../lib/store/database/database.js'
import { openDatabase } from '../../../lib/store/database/open-database.js'
import { call, callLogContract } from '../../contract/call-log.js'
import { sha256, smallFiles } from '../../support/small-files.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { makeDatabaseWithoutReplies, makeLlmDatabase } from '../make-older-database.js'
import { readTurn, searchTurns } from '../read-turn.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { fragmentOf, writeCalls } from '../write-calls.js'

const clock = storeClock()

describe('messageStoreStatements', () => {
  callLogContract({
    makeFile: path => makeLlmDatabase({ path, clock }),
    readCall: readTurn,
    search: searchTurns,
    promptsHaveFragments: true,
  })
})

describe('the rows of messageStoreStatements', () => {
  let workdir: Workdir
  let path: string
  let database: Database

  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
  })

  afterEach(async () => {
    await database.close()
    await workdir.remove()
  })

  async function open(): Promise<void> {
    database = await openDatabase({ path, clock, driver: specDriver })
  }

  const write = (...calls: ReturnType<typeof call>[]) => writeCalls(database, calls)
  const rows = async (sql: string) => (await database.all<any>(sql)).map(row => ({ ...row }))

  it('writes a message of attachments alone, and one with a text before them', async () => {
    await open()
    const id = sha256(smallFiles.png)
    const file = { id, type: 'image/png', path: '/a.png', loadedBytes: 16 }

    await write(
      call('01a', { text: 'What is this?', attachments: [file] }),
      call('01b', { text: '', attachments: [file] }),
    )

    const payload = JSON.stringify({ attachment: { id } })
    const [both, alone] = [
      'b2:b17c4b3b5423ad5f29aa490d23a19319',
      'b2:3a6e2dafb9bd2a0b11bdf6b0e1db5890',
    ]
    const parts = `SELECT message_hash AS message, position, type, text, payload FROM parts
      WHERE message_hash IN ('${both}', '${alone}') ORDER BY message, position`
    expect(await rows(parts)).toEqual([
      { message: alone, position: 0, type: 'attachment', text: null, payload },
      { message: both, position: 0, type: 'text', text: 'What is this?', payload: null },
      { message: both, position: 1, type: 'attachment', text: null, payload },
    ])
    expect(await rows('SELECT attachment_id, "order" FROM part_attachments')).toEqual([
      { attachment_id: id, order: 0 },
      { attachment_id: id, order: 0 },
    ])
    expect(await rows('SELECT prompt FROM turn_search ORDER BY turn_id')).toEqual([
      { prompt: 'What is this?' },
      { prompt: '' },
    ])
  })

  it('writes the rows that llm itself wrote for the same call', async () => {
    await open()

    await write(
      call(
        '01b',
        { text: 'Suggest a name for a pet pelican' },
        { text: 'How about Percy? Pelicans suit a dignified name.' },
      ),
    )

    const user = 'b2:d6b0cd4e7a65ea90423c50fadb3f5704'
    const assistant = 'b2:0f2c02ad982050b623b7e034199c8c61'
    expect(await rows('SELECT * FROM messages ORDER BY role DESC')).toEqual([
      { hash: user, parent_hash: null, role: 'user', provider_metadata: null },
      { hash: assistant, parent_hash: user, role: 'assistant', provider_metadata: null },
    ])
    expect(await rows('SELECT * FROM turns')).toEqual([
      {
        id: '01b',
        thread_id: '0001b',
        parent_message_hash: user,
        tip_message_hash: assistant,
        model: 'gpt-4o-mini',
        resolved_model: null,
        options_json: null,
        schema_id: null,
        input_tokens: 3,
        output_tokens: 1,
        token_details: null,
        duration_ms: 5,
        datetime_utc: '2026-11-23T00:00:00.000000+00:00',
        response_json: null,
      },
    ])
    expect(await rows('SELECT * FROM threads')).toEqual([
      {
        id: '0001b',
        name: 'Suggest a name for a pet pelican',
        tip_message_hash: assistant,
        forked_from: null,
        datetime_utc: '2026-11-23 00:00:00.000000+00:00',
      },
    ])
    expect(await rows('SELECT * FROM turn_search')).toEqual([
      {
        id: 1,
        turn_id: '01b',
        prompt: 'Suggest a name for a pet pelican',
        response: 'How about Percy? Pelicans suit a dignified name.',
      },
    ])
  })

  it('writes the conversation that a row gives as one chain, each message once', async () => {
    await open()
    const user = textMessage('user', 'Suggest a name for a pet pelican')
    const assistant = textMessage('assistant', 'How about Percy? Pelicans suit a dignified name.')
    const last = textMessage('user', 'Now one for a pet walrus')
    const image: Message = { role: 'user', parts: [{ kind: 'image', url: 'https://x.org/a.png' }] }
    const text = 'Now one for a pet walrus'

    await write(
      call(
        '01a',
        { text, messages: [user, assistant, image, last] },
        { text: 'Wallace. It pairs nicely with Percy.' },
      ),
      call(
        '01b',
        { text, messages: [user, assistant, last] },
        { text: 'Wallace. It pairs nicely with Percy.' },
      ),
      call('01c', {
        text,
        system: ' Be nice',
        messages: [textMessage('system', ' Be nice'), user, assistant],
      }),
    )

    // The hashes of the first four are those of llm itself.
    const system = 'b2:0f1b7abcd7b3007d5a225d5ac27539f9'
    const chain = [
      ['b2:d6b0cd4e7a65ea90423c50fadb3f5704', null, 'user', messageText(user)],
      [
        'b2:0f2c02ad982050b623b7e034199c8c61',
        'b2:d6b0cd4e7a65ea90423c50fadb3f5704',
        'assistant',
        messageText(assistant),
      ],
      ['b2:c785dd6c77540150c2647f406cacc76f', 'b2:0f2c02ad982050b623b7e034199c8c61', 'user', text],
      [
        'b2:a30a236e0d1b717c592e826d06e3c9d2',
        'b2:c785dd6c77540150c2647f406cacc76f',
        'assistant',
        'Wallace. It pairs nicely with Percy.',
      ],
      [system, null, 'system', 'Be nice'],
    ]
    const written = await rows(`SELECT hash, parent_hash, role, text FROM messages
      JOIN parts ON message_hash = hash AND position = 0 AND type = 'text'`)
    expect(written.map(row => Object.values(row))).toEqual(expect.arrayContaining(chain))
    expect(written).toHaveLength(8)
    expect(await rows('SELECT count(*) AS n FROM parts')).toEqual([{ n: 8 }])
    expect(
      await rows('SELECT id, parent_message_hash AS parent, tip_message_hash AS tip FROM turns'),
    ).toMatchObject([
      { id: '01a', parent: chain[2]?.[0], tip: chain[3]?.[0] },
      { id: '01b', parent: chain[2]?.[0], tip: chain[3]?.[0] },
      { id: '01c' },
    ])
    // llm searches what the user said last before the answer.
    expect(await rows('SELECT turn_id, prompt FROM turn_search')).toEqual([
      { turn_id: '01a', prompt: text },
      { turn_id: '01b', prompt: text },
      { turn_id: '01c', prompt: '' },
    ])
  })

  it('keeps each message and its parts once, in one group and over two', async () => {
    await open()
    const same = { system: ' Be nice\n' }

    await write(call('01a', same), call('01b', same), call('01c', { ...same, text: 'other' }))
    await write(call('01d', same))

    expect(
      await rows('SELECT role, parent_hash IS NULL AS first FROM messages ORDER BY role DESC'),
    ).toEqual([
      { role: 'user', first: 0 },
      { role: 'user', first: 0 },
      { role: 'system', first: 1 },
      { role: 'assistant', first: 0 },
      { role: 'assistant', first: 0 },
    ])
    expect(await rows('SELECT text FROM parts ORDER BY text')).toEqual(
      ['Be nice', 'other', 'question 0', 'yes', 'yes'].map(text => ({ text })),
    )
    expect(await rows('SELECT count(*) AS turns FROM turns')).toEqual([{ turns: 4 }])
  })

  it('keeps the model’s reasoning as a part before its text, out of the search', async () => {
    await open()

    await write(call('01a', {}, { reasoning: 'because' }))

    expect(
      await rows("SELECT position, type, text, payload FROM parts WHERE text <> 'question 0'"),
    ).toEqual([
      { position: 0, type: 'reasoning', text: 'because', payload: null },
      { position: 1, type: 'text', text: 'yes', payload: null },
    ])
    expect(await searchTurns(database, 'because')).toEqual([])
  })

  it('keeps fragments out of the text: llm’s rows for two fragments and a question', async () => {
    await open()
    const fragments = [fragmentOf('Frag one text'), fragmentOf('Frag two')]

    await write(call('01a', { text: 'question?', fragments }))

    expect(await rows('SELECT text, payload FROM parts WHERE payload IS NOT NULL')).toEqual([
      {
        text: null,
        payload:
          '{"text_ref":[{"fragment":1},{"literal":"\\n"},{"fragment":2},{"literal":"\\nquestion?"}]}',
      },
    ])
    expect(await rows('SELECT fragment_id, "order" FROM part_fragments')).toEqual([
      { fragment_id: 1, order: 0 },
      { fragment_id: 2, order: 1 },
    ])
    expect(await rows('SELECT * FROM turn_fragments')).toEqual([
      { turn_id: '01a', fragment_id: 1, order: 0, kind: 'prompt' },
      { turn_id: '01a', fragment_id: 2, order: 1, kind: 'prompt' },
    ])
    expect(await rows('SELECT prompt FROM turn_search')).toEqual([{ prompt: '\n\nquestion?' }])
    expect(await rows('SELECT hash FROM fragments WHERE id = 1')).toEqual([
      { hash: '7087ea5a6ed55315a9f089aaaf3c90e255a2e2da7e097ef3221edb391e83a347' },
    ])
  })

  it('points a turn without an answer at what was asked, and one without either at nothing', async () => {
    await open()

    await write(call('01a', {}, { text: '' }), call('01b', { text: '' }, { text: '' }))

    const turns = await rows(
      'SELECT parent_message_hash AS parent, tip_message_hash AS tip FROM turns ORDER BY id',
    )
    expect(turns[0].tip).toBe(turns[0].parent)
    expect(turns[1]).toEqual({ parent: null, tip: null })
    expect(await rows('SELECT turn_id FROM turn_search')).toEqual([{ turn_id: '01a' }])
  })

  it('wraps what llm would read as a reference in a reply', async () => {
    await open()

    await write(call('01a', {}, { reply: { $: 'x' } }))

    expect(await rows('SELECT response_json FROM turns')).toEqual([
      { response_json: '{"$raw":{"$":"x"}}' },
    ])
  })

  it('does without the reply in a file from before llm kept it', async () => {
    await makeDatabaseWithoutReplies({ path, clock })
    await open()

    await write(call('01a', {}, { reply: { id: 'x' } }))

    expect(await readTurn(database, '01a')).toMatchObject({ response: 'yes', reply: undefined })
  })

  it('merges the search index rarely, unless somebody chose otherwise', async () => {
    const config = "SELECT v FROM turn_search_fts_config WHERE k = 'automerge'"
    await open()
    await write(call('01a'))
    expect(await rows(config)).toEqual([{ v: 16 }])
    await database.exec(
      "INSERT INTO turn_search_fts (turn_search_fts, rank) VALUES ('automerge', 8)",
    )

    await write(call('01b'))

    expect(await rows(config)).toEqual([{ v: 8 }])
  })
})
