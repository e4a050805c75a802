import { readdir } from 'node:fs/promises'
import fc from 'fast-check'
import { systemClock } from '../../../lib/host/system-clock.js'
import type { LogFilter } from '../../../lib/port/llm-log.js'
import { llmSchemaSql } from '../../../lib/store/llm-log/llm-schema.js'
import { openLlmLog } from '../../../lib/store/open-llm-log.js'
import { makeDatabase } from '../../support/make-database.js'
import { range } from '../../support/rows.js'
import { scale } from '../../support/scale.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { specDriver } from '../spec-driver.js'

/** A call of the model of a log: what a filter may ask for. */
interface Call {
  readonly id: string
  readonly kind: 'turn' | 'response' | 'both'
  readonly model: string
  readonly conversation: string
}

const models = ['gpt-4o', 'claude'] as const
const callOf = fc.record({
  kind: fc.constantFrom('turn', 'response', 'both'),
  model: fc.constantFrom(...models),
  conversation: fc.constantFrom('c1', 'c2', 'c3'),
})
/** More than a page of ids, and few enough for a test. */
const logOf = fc
  .array(callOf, { minLength: 0, maxLength: 30 })
  .chain(few =>
    fc.constantFrom(
      few,
      range(15).flatMap(() => few),
    ),
  )
  .map(calls => calls.map((call, index): Call => ({ ...call, id: idOf(index) }) as Call))
const filterOf: fc.Arbitrary<LogFilter> = fc.record({
  count: fc.constantFrom(undefined, 1, 3, 250),
  order: fc.constantFrom('oldest', 'newest'),
  model: fc.constantFrom(undefined, ...models),
  conversation: fc.constantFrom(undefined, 'c2'),
  idAbove: fc.constantFrom(undefined, idOf(4)),
  idFrom: fc.constantFrom(undefined, idOf(7)),
  fragments: fc.constant([]),
  tools: fc.constant([]),
})

function idOf(index: number): string {
  return `01k${String(index).padStart(6, '0')}`
}

function insertOf({ id, kind, model, conversation }: Call): string {
  const turn = `INSERT INTO messages VALUES ('u${id}', NULL, 'user', NULL);
    INSERT INTO parts (message_hash, position, type, text) VALUES ('u${id}', 0, 'text', 'p${id}');
    INSERT INTO turns (id, thread_id, parent_message_hash, tip_message_hash, model)
    VALUES ('${id}', '${conversation}', 'u${id}', 'u${id}', '${model}');`
  const response = `INSERT INTO responses (id, conversation_id, model, prompt)
    VALUES ('${id}', '${conversation}', '${model}', 'p${id}');`
  return kind === 'turn' ? turn : kind === 'response' ? response : turn + response
}

/** What a filter means, on a list that fits into memory. */
function expectedOf(calls: readonly Call[], filter: LogFilter): readonly string[] {
  const { count = Number.POSITIVE_INFINITY, order, model, conversation, idAbove, idFrom } = filter
  const newest = calls
    .filter(call => model === undefined || call.model === model)
    .filter(call => conversation === undefined || call.conversation === conversation)
    .filter(({ id }) => idAbove === undefined || id > idAbove)
    .filter(({ id }) => idFrom === undefined || id >= idFrom)
    .map(({ id }) => id)
    .reverse()
    .slice(0, count)
  return order === 'newest' ? newest : newest.reverse()
}

describe('readCalls', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('gives each call of both generations once, filtered, in order and cut', async () => {
    let file = 0
    await fc.assert(
      fc.asyncProperty(logOf, fc.array(filterOf, { minLength: 4 }), async (calls, filters) => {
        const path = workdir.join(`${file++}.db`)
        await makeDatabase(path, llmSchemaSql + calls.map(insertOf).join(''))
        const log = await openLlmLog({ path, clock: systemClock, driver: specDriver })
        try {
          for (const filter of filters) {
            const found: string[] = []
            for await (const { id, prompt } of log?.readCalls(filter) ?? []) {
              expect(prompt).toBe(`p${id}`)
              found.push(id)
            }
            expect(found).toEqual(expectedOf(calls, filter))
          }
        } finally {
          await log?.close()
        }
      }),
      { numRuns: 15 * scale },
    )
  })

  it('has no log where there is no file', async () => {
    const path = workdir.join('none.db')

    expect(await openLlmLog({ path, clock: systemClock, driver: specDriver })).toBeUndefined()
  })
})

describe('openLlmLog', () => {
  let workdir: Workdir
  let path: string
  beforeEach(async () => {
    workdir = await makeWorkdir()
    path = workdir.join('logs.db')
  })
  afterEach(() => workdir.remove())
  const open = () => openLlmLog({ path, clock: systemClock, driver: specDriver })

  it.each([
    ['too new', 'CREATE TABLE turns (id TEXT)', /too new: there is no .*turns\./],
    ['too old', 'CREATE TABLE log (id TEXT)', /too old/],
  ])('refuses a log that is %s, and leaves nothing open', async (_what, script, message) => {
    await makeDatabase(path, script)

    await expect(open()).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringMatching(message),
    })
    expect(await readdir(workdir.path)).toEqual(['logs.db'])
  })

  it('has no log, fragments or schemas in a file that has other tables alone', async () => {
    await makeDatabase(path, 'CREATE TABLE other (id INTEGER)')

    const log = await open()

    expect(log?.hasLog).toBe(false)
    expect(await log?.findFragment('docs')).toBeUndefined()
    expect(await log?.listAliases()).toEqual([])
    expect(await log?.findSchema('0123')).toBeUndefined()
    await log?.close()
  })
})
