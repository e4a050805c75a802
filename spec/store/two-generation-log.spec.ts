import type { Database } from '../../lib/port/database.js'
import { createLlmTables } from '../../lib/store/migrate.js'
import { openCallLog } from '../../lib/store/open-call-log.js'
import { openDatabase } from '../../lib/store/open-database.js'
import { call, callLogContract, fragment } from '../contract/call-log.js'
import { fakeClock } from '../support/fake-clock.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { makeLlmDatabase } from './make-older-database.js'
import { readResponse, searchResponses } from './read-response.js'
import { readTurn, searchTurns } from './read-turn.js'
import { specDriver } from './spec-driver.js'

const clock = fakeClock()

async function makeOurDatabase(path: string): Promise<void> {
  const database = await openDatabase({ path, clock, driver: specDriver })
  await createLlmTables(database, clock)
  await database.close()
}

describe('createTwoGenerationLog, as llm from 0.32 on reads it', () => {
  callLogContract({
    makeFile: makeOurDatabase,
    readCall: readTurn,
    search: searchTurns,
    promptsHaveFragments: true,
  })
})

describe('createTwoGenerationLog, as llm up to 0.31 reads it', () => {
  callLogContract({
    makeFile: makeOurDatabase,
    readCall: readResponse,
    search: searchResponses,
    promptsHaveFragments: false,
  })
})

describe('the rows of createTwoGenerationLog', () => {
  let workdir: Workdir

  beforeEach(async () => {
    workdir = await makeWorkdir()
  })

  afterEach(() => workdir.remove())

  const calls = [
    call('01a', { text: 'one?', fragments: [fragment('Frag'), fragment('Other')] }),
    call(
      '01b',
      { system: 'Be nice', options: { stop: 'x' } },
      { reasoning: 'It rhymes', reply: { id: 'r', odd: { $: 'key' } }, usage: {} },
    ),
    call('01c', { text: '' }, { text: '' }),
  ]

  async function inFile<T>(name: string, act: (database: Database) => Promise<T>): Promise<T> {
    const path = workdir.join(name)
    const database = await openDatabase({ path, clock, driver: specDriver })
    try {
      return await act(database)
    } finally {
      await database.close()
    }
  }

  function writeTo(name: string): Promise<Record<string, unknown>> {
    return inFile(name, async database => {
      const log = await openCallLog(database, clock)
      await database.transaction(statements => log.write(statements, calls))
      const rowsOf = async (table: string) =>
        (await database.all<any>(`SELECT * FROM ${table} ORDER BY 1, 2`)).map(row => ({ ...row }))
      return {
        conversations: await rowsOf('conversations'),
        responses: await rowsOf('responses'),
        prompt_fragments: await rowsOf('prompt_fragments'),
        fragments: await rowsOf('fragments'),
        turns: await rowsOf('turns'),
      }
    })
  }

  it('are in the older tables what the legacy log writes there, under the ids of the newer', async () => {
    await makeLlmDatabase(
      { path: workdir.join('older.db'), clock },
      "DELETE FROM _llm_migrations WHERE name >= 'm023'",
    )

    const ours = await writeTo('ours.db')
    const older = await writeTo('older.db')

    expect({ ...ours, turns: [] }).toEqual(older)
    expect(ours.turns).toMatchObject(calls.map(({ id, threadId }) => ({ id, thread_id: threadId })))
  })

  it('are written in one transaction with everything else of it, or not at all', async () => {
    await makeOurDatabase(workdir.join('ours.db'))

    const counts = await inFile('ours.db', async database => {
      const log = await openCallLog(database, clock)
      const broken = database.transaction(async statements => {
        await log.write(statements, calls)
        throw new Error('no')
      })
      await expect(broken).rejects.toThrow('no')
      return database.all(
        'SELECT (SELECT count(*) FROM turns) AS turns, (SELECT count(*) FROM responses) AS responses',
      )
    })

    expect(counts.map(row => ({ ...(row as object) }))).toEqual([{ turns: 0, responses: 0 }])
  })

  it('are the newer alone where a later llm has done away with the older tables', async () => {
    await makeOurDatabase(workdir.join('ours.db'))
    await inFile('ours.db', database => database.exec('DROP TABLE responses'))

    await inFile('ours.db', async database => {
      const log = await openCallLog(database, clock)
      await database.transaction(statements => log.write(statements, calls))
      expect(await database.all('SELECT id FROM turns')).toHaveLength(3)
    })
  })
})
