import { readFile, writeFile } from 'node:fs/promises'
import type { NewBatch, RunEnd } from '../../../lib/port/batch-store.js'
import type { LoggedCall } from '../../../lib/port/llm-log.js'
import type { Answered, Failed, Outcome } from '../../../lib/row/outcome.js'
import { emptyTally } from '../../../lib/row/tally.js'
import { openLlmLog } from '../../../lib/store/open-llm-log.js'
import { answered, failed, fault } from '../../support/rows.js'
import { answeredChain, sampleChains, variedChains } from '../../support/sample-chains.js'
import {
  makeDatabaseWithoutReplies,
  makeFirstToolDatabase,
  makeLegacyDatabase,
  makeLlmDatabase,
  makeOldestDatabase,
  type OlderDatabaseOptions,
} from '../make-older-database.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'
import { useStores } from '../use-stores.js'

const batch: NewBatch = {
  id: 'tools',
  inputFile: '/data/in.csv',
  outputFile: undefined,
  model: 'gpt-4o-mini',
  config: {},
}
const pulse = { totalRows: 3, tally: emptyTally }
const paused: RunEnd = { status: 'paused', pulse, isWhole: false }
const [threeCalls, twoCalls, oneCall] = sampleChains.map((chain, index) =>
  answeredChain(index, chain),
) as [Answered, Answered, Answered]

/** A chain that breaks off after two rounds, without an answer or with one that does not count. */
function brokenChain(index: number, changes: Partial<Failed> = {}): Failed {
  const { prompt, rounds, usage } = threeCalls
  const row = { ...prompt.row, index }
  const error = fault('SERVER_FAILED', 'row')
  return {
    kind: 'failed',
    row,
    prompt: { ...prompt, row },
    rounds,
    usage,
    error,
    attempts: 3,
    ...changes,
  }
}

const generations: readonly (readonly [
  string,
  (options: OlderDatabaseOptions) => Promise<void>,
])[] = [
  ['llm 0.36', makeLlmDatabase],
  ['llm 0.32rc1', makeDatabaseWithoutReplies],
  ['llm 0.31.1', makeLegacyDatabase],
  ['llm 0.26', makeFirstToolDatabase],
]

describe.each(generations)('rounds of tools in a database of %s', (name, makeFile) => {
  let processes = 0
  /** Each store is a new process's, after all others were killed. */
  const bench = useStores(() => {
    processes += 1
    const process = { processId: processes, identifyProcess: () => undefined }
    return { ...process, clock: storeClock(), driver: specDriver, log: true }
  })
  beforeEach(() => makeFile({ path: bench.path, clock: storeClock() }))

  async function record(...outcomes: Outcome[]): Promise<void> {
    const run = await bench.begin(batch)
    void run.append(outcomes)
    await run.end(paused)
  }

  /** The calls of the batch, or all calls of the log, as `llm logs` reads them. */
  async function read(of: 'batch' | 'log' = 'batch'): Promise<LoggedCall[]> {
    const log = await openLlmLog({ path: bench.path, clock: storeClock(), driver: specDriver })
    if (log === undefined) throw new Error('there is no database')
    try {
      const chosen =
        of === 'batch'
          ? ({ batch: batch.id, order: 'row' } as const)
          : ({ order: 'oldest' } as const)
      const calls: LoggedCall[] = []
      for await (const call of log.readCalls({ ...chosen, fragments: [], tools: [] })) {
        calls.push(call)
      }
      return calls
    } finally {
      await log.close()
    }
  }

  const said = async () =>
    (await read()).map(({ prompt, toolResults, response, toolCalls }) => [
      prompt,
      toolResults.map(({ name }) => name),
      response,
      toolCalls.map(({ name }) => name),
    ])
  const first = ['What is 2 and 3?', [], 'Let me see.', ['add', 'fail']]
  const second = ['', ['add', 'fail'], '', ['nobody', 'say']]
  const third = ['', ['nobody', 'say'], 'It is five.', []]

  it('are calls of one conversation, listed under their row among others', async () => {
    await record(answered(5), threeCalls, oneCall, answered(4), twoCalls)

    expect(await said()).toEqual([
      first,
      second,
      third,
      ['Say something', [], '', ['say']],
      ['', ['say'], '', []],
      ['Need no tool', [], 'Right.', []],
      ['question 4', [], 'answer 4', []],
      ['question 5', [], 'answer 5', []],
    ])
    const calls = await read()
    expect(new Set(calls.slice(0, 3).map(call => call.conversationId)).size).toBe(1)
    expect(new Set(calls.map(call => call.conversationId)).size).toBe(5)
    expect(calls.map(call => call.tools.length)).toEqual([4, 4, 4, 1, 1, 4, 0, 0])
    expect(
      calls.slice(0, 3).map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens]),
    ).toEqual([
      [10, 4],
      [20, 5],
      [30, 6],
    ])
    expect((await read('log')).length).toBe(8)
    // llm 0.31 continues a conversation in the order of its rows, whatever their ids.
    const isOld = name === 'llm 0.31.1' || name === 'llm 0.26'
    const [table, thread] = isOld ? ['responses', 'conversation_id'] : ['turns', 'thread_id']
    const inOrder = await bench.query(`SELECT id FROM ${table} ORDER BY ${thread}, rowid`)
    expect(inOrder).toEqual(await bench.query(`SELECT id FROM ${table} ORDER BY ${thread}, id`))
  })

  it('are in the rows of the batch as one answer with the tokens of all', async () => {
    await record({ ...threeCalls, costUsd: 0.25 })

    expect(
      await bench.query(
        'SELECT status, response, attempts, input_tokens, output_tokens, cost_usd FROM batch_rows',
      ),
    ).toEqual([
      {
        status: 'answered',
        response: 'It is five.',
        attempts: 3,
        input_tokens: 60,
        output_tokens: 15,
        cost_usd: 0.25,
      },
    ])
  })

  it('have what their prompt has: fragments of the system each time, all else at first', async () => {
    await record(...variedChains())

    const calls = await read()
    expect(
      calls.map(({ prompt: asked, promptFragments, systemFragments, schemaJson, system }) => [
        asked?.replace('A text\n', ''),
        promptFragments.length,
        systemFragments.length,
        schemaJson !== undefined,
        system?.replace('A rule\n\n', ''),
      ]),
    ).toEqual([
      ['What is 2 and 3?', 1, 1, true, 'Use them'],
      ['', 0, 1, true, 'Use them'],
      ['', 0, 1, true, 'Use them'],
      ['Another?', 0, 0, false, 'Be nice'],
      ['', 0, 0, false, 'Be nice'],
      ['', 0, 0, false, 'Be nice'],
    ])
  })

  it('of a failed row are there, and what the model said last too', async () => {
    const answer = { ...threeCalls.answer, text: 'Cut sh', finishReason: 'length' as const }
    await record(brokenChain(0, { answer }), failed(1), brokenChain(2))

    expect(await said()).toEqual([
      first,
      second,
      ['', ['nobody', 'say'], 'Cut sh', []],
      first,
      second,
    ])
    expect(
      await bench.query('SELECT status, response, input_tokens FROM batch_rows ORDER BY row_index'),
    ).toEqual([
      { status: 'failed', response: 'Cut sh', input_tokens: 60 },
      { status: 'failed', response: null, input_tokens: null },
      { status: 'failed', response: null, input_tokens: 60 },
    ])
  })

  it('survive a kill, and are the same however often the journal is replayed', async () => {
    const run = await bench.begin(batch)
    void run.append([answered(5), threeCalls, brokenChain(4), twoCalls, oneCall])
    await bench.closeLast()
    const [file = ''] = await bench.journals()
    const whole = await readFile(file)
    await (await (await bench.open()).resume(batch)).withdraw()
    const before = await tables()
    expect(await said()).toHaveLength(9)

    await bench.closeAll()
    await writeFile(file, whole)
    await (await (await bench.open()).resume(batch)).withdraw()

    expect(await bench.journals()).toEqual([])
    expect(await tables()).toEqual(before)
  })

  it('are there whole or not at all, wherever the line of the journal was torn', async () => {
    const run = await bench.begin(batch)
    void run.append([threeCalls])
    await bench.closeLast()
    const [file = ''] = await bench.journals()
    const whole = await readFile(file)
    const start = whole.indexOf('\n[') + 1

    for (const part of [0.1, 0.5, 0.9]) {
      await writeFile(file, whole.subarray(0, start + Math.floor((whole.length - start) * part)))
      await (await (await bench.open()).resume(batch)).withdraw()
      expect(await said()).toEqual([])
    }
    await writeFile(file, whole)
    await (await (await bench.open()).resume(batch)).withdraw()
    expect(await said()).toEqual([first, second, third])
  })

  it('never stand in for the answer that a resumed run recalls', async () => {
    await record(threeCalls, twoCalls)

    const run = await (await (await bench.open()).resume(batch)).start()
    const recalled = await run.recall([threeCalls.prompt, twoCalls.prompt, oneCall.prompt])

    expect(recalled.map(answer => answer?.text)).toEqual(['It is five.', '', undefined])
    expect(recalled[0]).toMatchObject({ usage: { inputTokens: 60, outputTokens: 15 }, attempts: 3 })
    await run.end(paused)
  })

  it('never stand in for the answer that an equal prompt or another batch takes', async () => {
    await record(
      threeCalls,
      brokenChain(4, { prompt: { ...threeCalls.prompt, hash: 'f'.repeat(64) } }),
    )
    const held = await (await bench.open()).begin({ ...batch, id: 'other' })

    const run = await held.start({ isDeduping: true, cacheAgeMs: Number.POSITIVE_INFINITY })
    void run.append([{ ...threeCalls, prompt: { ...threeCalls.prompt, hash: 'e'.repeat(64) } }])

    const hashes = [threeCalls.prompt.hash, 'e'.repeat(64), 'f'.repeat(64)]
    expect(await run.reuse(hashes.map(hash => ({ ...threeCalls.prompt, hash })))).toEqual([
      { text: 'It is five.', from: 'cached' },
      { text: 'It is five.', from: 'equal' },
      undefined,
    ])
    await run.end(paused)
  })

  it('may be longer than a line that stays in memory', async () => {
    const [round] = threeCalls.rounds ?? []
    const results = round?.results.map(result => ({ ...result, output: 'x'.repeat(600_000) })) ?? []
    const rounds = [{ ...round, results }, ...(threeCalls.rounds?.slice(1) ?? [])]

    await record({ ...threeCalls, rounds } as Answered, oneCall)

    const calls = await read()
    expect(calls).toHaveLength(4)
    expect(calls[1]?.toolResults.map(({ output }) => output.length)).toEqual([600_000, 600_000])
  })

  async function tables(): Promise<unknown> {
    const names = await bench.query(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'
       AND name NOT LIKE 'batch_runs' AND name NOT LIKE '%sequence'`,
    )
    return Promise.all(
      names.map(async ({ name }) => [name, await bench.query(`SELECT * FROM "${name}"`)]),
    )
  }
})

describe('rounds of tools in a database from before llm had tools', () => {
  const bench = useStores(() => ({ clock: storeClock(), driver: specDriver, log: true }))

  it('are calls of one conversation, without the tools', async () => {
    await makeOldestDatabase({ path: bench.path, clock: storeClock() })
    const run = await bench.begin(batch)
    void run.append([threeCalls, answered(4)])
    await run.end(paused)

    expect(await bench.query('SELECT prompt, response FROM responses ORDER BY id')).toEqual([
      { prompt: 'What is 2 and 3?', response: 'Let me see.' },
      { prompt: '', response: '' },
      { prompt: '', response: 'It is five.' },
      { prompt: 'question 4', response: 'answer 4' },
    ])
    expect(await bench.query('SELECT count(*) AS n FROM conversations')).toEqual([{ n: 2 }])
  })
})
