import type { Answer } from '../../lib/row/answer.js'
import type { Prompt } from '../../lib/row/prompt.js'
import type { Database } from '../../lib/store/database/database.js'
import { openDatabase } from '../../lib/store/database/open-database.js'
import { specDriver } from '../store/spec-driver.js'
import { storeClock } from '../store/store-clock.js'
import { fragmentOf, type LoggedCall, writeCalls } from '../store/write-calls.js'
import { answer, prompt, range } from '../support/rows.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

/** What a log must give back of one call, whatever its tables. */
export interface ReadCall {
  readonly name: string
  readonly model: string
  readonly prompt: string
  readonly system: string | null
  readonly response: string
  readonly options: unknown
  readonly reply: unknown
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly tokenDetails: unknown
  readonly durationMs: number
  readonly datetime: string
  readonly fragments: readonly string[]
  /** The stored text of the schema. */
  readonly schema: string | null
  /** Type and place of each attachment, in their order. */
  readonly attachments: readonly (readonly [type: string, place: string])[]
}

export interface CallLogContract {
  /** Makes a file of the generation. */
  readonly makeFile: (path: string) => Promise<void>
  readonly readCall: (database: Database, id: string) => Promise<ReadCall>
  /** Ids of the calls that llm's full-text search finds. */
  readonly search: (database: Database, words: string) => Promise<readonly string[]>
  /** Whether the text that llm searches, and shows as the prompt, has the fragments in it. */
  readonly promptsHaveFragments: boolean
}

/** Everything both generations of llm's log promise; called once for each. */
export function callLogContract(contract: CallLogContract): void {
  const clock = storeClock()
  let workdir: Workdir
  let database: Database

  beforeEach(async () => {
    workdir = await makeWorkdir()
    const path = workdir.join('logs.db')
    await contract.makeFile(path)
    database = await openDatabase({ path, clock, driver: specDriver })
  })

  afterEach(async () => {
    await database.close()
    await workdir.remove()
  })

  const write = (...calls: LoggedCall[]) => writeCalls(database, calls)

  const read = (id: string) => contract.readCall(database, id)

  it('keeps a plain call whole', async () => {
    await write(call('01a'))

    expect(await read('01a')).toEqual({
      name: 'question 0',
      model: 'gpt-4o-mini',
      prompt: 'question 0',
      system: null,
      response: 'yes',
      options: {},
      reply: undefined,
      inputTokens: 3,
      outputTokens: 1,
      tokenDetails: undefined,
      durationMs: 5,
      datetime: '2026-11-23T00:00:00.000000+00:00',
      fragments: [],
      schema: null,
      attachments: [],
    })
  })

  it('keeps the system prompt, options, counts of tokens, and the reply as it came', async () => {
    const asked = { system: 'Be nice', options: { temperature: 0.5, stop: 'x' } }
    const details = { prompt_tokens_details: { cached_tokens: 1024 } }
    const given = {
      usage: { inputTokens: 2000, outputTokens: 7, details },
      durationMs: 12.6,
      reply: { id: 'chatcmpl-1', n: 1.5, text: 'ünï' },
    }

    await write(call('01a', asked, given))

    expect(await read('01a')).toMatchObject({
      system: 'Be nice',
      options: { temperature: 0.5, stop: 'x' },
      inputTokens: 2000,
      tokenDetails: details,
      durationMs: 13,
      reply: { id: 'chatcmpl-1', n: 1.5, text: 'ünï' },
    })
  })

  it('keeps the provider’s own counts where more is billed, and those of the answer alone', async () => {
    const usage = { inputTokens: 100, outputTokens: 50 }
    const own = { loggedInputTokens: 10, loggedOutputTokens: 20 }
    const first = call('01a', {}, { usage: { ...usage, ...own } })
    const second = call('01b', {}, { usage })

    await write(first, { ...second, usage: { inputTokens: 300, outputTokens: 90 } })

    expect(await read('01a')).toMatchObject({ inputTokens: 10, outputTokens: 20 })
    expect(await read('01b')).toMatchObject({ inputTokens: 100, outputTokens: 50 })
  })

  it('keeps counts that a provider did not give as NULL, not as 0', async () => {
    await write(call('01a', {}, { usage: {} }))

    expect(await read('01a')).toMatchObject({ inputTokens: null, outputTokens: null })
  })

  it('keeps an empty answer to an empty prompt', async () => {
    await write(call('01a', { text: '' }, { text: '' }))

    expect(await read('01a')).toMatchObject({ name: '', prompt: '', response: '' })
  })

  it.each(['NUL \u0000 in it', '"quotes" \\ and\nlines \u2028!', '😀 ünï', '{"$":"x"}'])(
    'brings %j back as it was, asked and answered',
    async text => {
      await write(call('01a', { text, system: text }, { text }))

      expect(await read('01a')).toMatchObject({ prompt: text, system: text, response: text })
    },
  )

  it('replaces half a surrogate pair, which Python could not read', async () => {
    await write(call('01a', { text: 'a\ud800' }, { text: '\udc00b', reply: { t: '\ud83d' } }))

    expect(await read('01a')).toMatchObject({
      prompt: 'a\ufffd',
      response: '\ufffdb',
      reply: { t: '\ufffd' },
    })
  })

  it('keeps equal calls of one group and of two as calls of their own', async () => {
    await write(call('01a'), call('01b'))
    await write(call('01c'))

    const calls = await Promise.all(['01a', '01b', '01c'].map(read))

    expect(calls.map(({ prompt: asked, response }) => [asked, response])).toEqual(
      range(3).map(() => ['question 0', 'yes']),
    )
  })

  it('keeps a fragment once, however many prompts share it, and says which used it', async () => {
    const shared = fragmentOf('A long text that all share')
    const other = fragmentOf('Another')

    await write(call('01a', { text: 'one?', fragments: [shared, other] }))
    await write(call('01b', { text: 'two?', fragments: [shared] }), call('01c'))

    const calls = await Promise.all(['01a', '01b', '01c'].map(read))
    expect(calls.map(({ fragments }) => fragments)).toEqual([
      [shared.content, other.content],
      [shared.content],
      [],
    ])
    expect(calls[1]).toMatchObject({
      name: 'A long text that all share two?',
      prompt: contract.promptsHaveFragments ? `${shared.content}\ntwo?` : 'two?',
    })
    const rows = await database.all('SELECT hash, datetime_utc, source FROM fragments ORDER BY id')
    expect(rows.map(row => ({ ...(row as object) }))).toEqual([
      { hash: shared.hash, datetime_utc: '2026-11-23 00:00:00', source: '/texts/shared.txt' },
      { hash: other.hash, datetime_utc: '2026-11-23 00:00:00', source: '/texts/shared.txt' },
    ])
  })

  it('keeps attachments by their content: once each, with the newest path', async () => {
    const png = { id: 'aa', type: 'image/png', path: '/old/a.png', loadedBytes: 9 }
    const link = { id: 'bb', type: 'image/gif', url: 'https://example.com/b', loadedBytes: 0 }
    const moved = { ...png, path: '/new/a.png' }
    await write(call('01a', { attachments: [png, link] }), call('01b', { text: 'plain' }))
    await write(call('01c', { text: '', attachments: [link, moved] }))

    expect((await read('01a')).attachments).toEqual([
      ['image/png', '/new/a.png'],
      ['image/gif', 'https://example.com/b'],
    ])
    expect((await read('01b')).attachments).toEqual([])
    expect(await read('01c')).toMatchObject({
      prompt: '',
      attachments: [
        ['image/gif', 'https://example.com/b'],
        ['image/png', '/new/a.png'],
      ],
    })
    expect(await database.all('SELECT id FROM attachments ORDER BY id')).toHaveLength(2)
  })

  it('takes a file for an attachment and for a fragment, though their hashes are equal', async () => {
    const shared = fragmentOf('A text that all share')
    const file = { id: shared.hash, type: 'text/plain', path: '/a.txt', loadedBytes: 21 }

    await write(call('01a', { fragments: [shared], attachments: [file] }))

    expect(await read('01a')).toMatchObject({
      fragments: ['A text that all share'],
      attachments: [['text/plain', '/a.txt']],
    })
  })

  it('keeps a schema once, under the id that llm gives it', async () => {
    const schema = {
      type: 'object',
      properties: { näme: { type: 'string' } },
      required: ['näme'],
    }
    const other = { type: 'array', items: { const: '😀' } }
    await write(call('01a', { schema }), call('01b', { schema, system: 'Be nice' }), call('01c'))
    await write(call('01d', { schema: other }), call('01e', { schema }))

    const calls = await Promise.all(['01a', '01b', '01c', '01d', '01e'].map(read))
    const text =
      '{"type":"object","properties":{"n\\u00e4me":{"type":"string"}},"required":["n\\u00e4me"]}'
    const otherText = '{"type":"array","items":{"const":"\\ud83d\\ude00"}}'
    expect(calls.map(one => one.schema)).toEqual([text, text, null, otherText, text])
    const rows = await database.all<{ id: string }>('SELECT id FROM schemas ORDER BY rowid')
    // From the reference vectors of Python's llm.
    expect(rows.map(({ id }) => id)).toEqual([
      'a74887987e7ff5e416b9358248b858ba',
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ])
  })

  it('lets llm search what was asked and answered, but not in fragments', async () => {
    await write(
      call('01a', { text: 'pelican', fragments: [fragmentOf('walrus')] }, { text: 'Percy' }),
      call('01b', { text: 'otter' }, { text: 'Olive' }),
    )

    expect(await contract.search(database, 'pelican')).toEqual(['01a'])
    expect(await contract.search(database, 'olive')).toEqual(['01b'])
    expect(await contract.search(database, 'walrus')).toEqual([])
  })

  it('changes nothing when it writes a group a second time', async () => {
    const shared = fragmentOf('A text that all share')
    const file = { id: 'aa', type: 'image/png', path: '/a.png', loadedBytes: 9 }
    const group = [
      call('01a', { text: 'one?', fragments: [shared], system: 'Be nice' }),
      call('01b', { text: 'two?', attachments: [file] }, { reasoning: 'because' }),
    ]
    const tables = await database.all<{ name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'
       AND name NOT LIKE 'batch_%' AND name NOT LIKE '%sequence'`,
    )
    const all = () => Promise.all(tables.map(({ name }) => database.all(`SELECT * FROM "${name}"`)))
    await write(...group)
    const before = await all()

    await write(...group)

    expect(await all()).toEqual(before)
    expect(await contract.search(database, 'two')).toEqual(['01b'])
  })
}

/** A call for the contract, with a thread of its own. */
export function call(
  id: string,
  asked: Partial<Prompt> = {},
  given: Partial<Answer> = {},
): LoggedCall {
  return {
    id,
    threadId: `00${id}`,
    prompt: { ...prompt(0), ...asked },
    answer: answer('yes', given),
  }
}
