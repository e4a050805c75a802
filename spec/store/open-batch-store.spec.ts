import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { systemClock } from '../../lib/host/system-clock.js'
import { openBatchStore } from '../../lib/store/open-batch-store.js'
import { batchStoreContract } from '../contract/batch-store.js'
import { batchResumeContract } from '../contract/batch-store-resume.js'
import { queryDatabase } from '../support/query-database.js'
import { makeWorkdir } from '../support/workdir.js'
import { specDriver } from './spec-driver.js'

const batch = { id: 'b', inputFile: '-', outputFile: undefined, model: 'm', config: {} }

/** Records rows for ever, ten a group, and prints each count once it is recorded. */
const recorder = `
  const [store, clock, path, driver] = process.argv.slice(1)
  const { openBatchStore } = await import(store)
  const { systemClock } = await import(clock)
  const kept = await openBatchStore({ path, clock: systemClock, log: true, driver, processId: process.pid })
  const held = await kept.begin(${JSON.stringify(batch)})
  const run = await held.start()
  for (let count = 0; ; count += 10) {
    const outcomes = Array.from({ length: 10 }, (_, offset) => {
      const row = { kind: 'row', index: count + offset, columns: {} }
      const text = 'question ' + row.index
      const prompt = { kind: 'prompt', row, text, fragments: [], options: {}, hash: text }
      const answer = { text: 'answer ' + row.index, finishReason: 'stop', usage: {}, startedAtMs: 0, durationMs: 1 }
      return { kind: 'answered', row, prompt, answer, attempts: 1 }
    })
    void run.append(outcomes)
    console.log(count + 10)
    await new Promise(setImmediate)
  }`

describe('openBatchStore', () => {
  batchStoreContract(specDriver)
  batchResumeContract(specDriver)

  it('has every row it said it appended after kill -9, in llm’s log as well', async () => {
    const workdir = await makeWorkdir()
    const built = (file: string) => resolve(import.meta.dirname, '../../dist/lib', file)
    const path = workdir.join('logs.db')
    const files = [
      built('store/open-batch-store.js'),
      built('host/system-clock.js'),
      path,
      specDriver,
    ]
    const child = spawn(process.execPath, ['--input-type=module', '-e', recorder, ...files])
    let said = ''
    let complaint = ''
    child.stderr.on('data', text => {
      complaint += text
    })
    child.stdout.on('data', text => {
      said += text
      if (said.includes('\n2000\n')) child.kill('SIGKILL')
    })

    await new Promise(resolve => child.once('close', resolve))

    expect(complaint).not.toMatch(/Error/)
    const recorded = Number(said.trim().split('\n').at(-1))
    expect(recorded).toBeGreaterThanOrEqual(2000)
    const gone = { path, clock: systemClock, log: true, driver: specDriver }
    const store = await openBatchStore({ ...gone, identifyProcess: () => undefined })
    const { before } = await store.resume(batch)
    await store.close()
    expect(before?.completedPrompts).toBeGreaterThanOrEqual(recorded)
    const [counts] = await queryDatabase(
      path,
      `SELECT (SELECT count(*) FROM batch_rows) AS rows, (SELECT count(*) FROM turns) AS turns,
        (SELECT count(*) FROM batch_rows JOIN turns ON turns.id = log_id
          JOIN parts ON parts.message_hash = turns.tip_message_hash
          WHERE parts.text = 'answer ' || row_index) AS whole`,
    )
    expect(counts.rows).toBeGreaterThanOrEqual(recorded)
    expect(counts).toMatchObject({ turns: counts.rows, whole: counts.rows })
    await workdir.remove()
  })
})
