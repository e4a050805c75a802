/**
 * Does what no recorded run can do without, in a plain loop without streams, and prints what that
 * cost: the request by undici's dispatch, CSV in and out, SHA-256 of the prompt, one append to a
 * file for each turn of the event loop, and one table in SQLite, in groups of 500. Leaves out
 * order, retries, pace, llm's log. Started by `measured-run.ts`.
 */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import sqlite3 from 'sqlite3'
import { Pool } from 'undici'
import { measureWork } from './measure-work.js'

interface Ended {
  readonly row: readonly string[]
  readonly entry: readonly unknown[]
}

interface Reply {
  readonly choices: readonly [{ readonly message: { readonly content: string } }]
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number }
}

const groupRows = 500
const setUp = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  CREATE TABLE answers (row_index INTEGER PRIMARY KEY, prompt_hash TEXT, response TEXT,
    input_tokens INTEGER, output_tokens INTEGER)`
const insert = `INSERT INTO answers SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,
  value ->> 4 FROM json_each(?)`
const { url, input, output, database, concurrency } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string
  input: string
  output: string
  database: string
  concurrency: number
}
const { origin, pathname } = new URL(url)
const path = `${pathname}/chat/completions`
const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' }
const pool = new Pool(origin, { connections: concurrency })
const sqlite = await openTable()
const outputFile = openSync(output, 'w')
const journal = openSync(`${database}.journal`, 'w', 0o600)

let rows = 0
let inFlight = 0
let ended: Ended[] = []
let unwritten: unknown[] = []
let isWriting = false
let finish: () => void = () => {}
let fail: (error: Error) => void = () => {}

await measureWork(async () => {
  const reading = readReviews()
  await new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
    askMore(reading)
  })
  return { rows }
})
closeSync(outputFile)
closeSync(journal)
await pool.close()
sqlite.close()

/** 64 KB at a time; no field of the bench's input has a line break in it. */
function* readReviews(): Generator<string[]> {
  const file = openSync(input, 'r')
  const buffer = Buffer.alloc(65_536)
  let left = ''
  let isHeader = true
  for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer)) {
    const text = left + buffer.toString('latin1', 0, bytes)
    const end = text.lastIndexOf('\n') + 1
    left = text.slice(end)
    const records = parse(text.slice(0, end))
    yield* isHeader ? records.slice(1) : records
    isHeader = false
  }
  closeSync(file)
}

function askMore(reading: Generator<string[]>): void {
  while (inFlight < concurrency) {
    const { done, value } = reading.next()
    if (done) return
    inFlight += 1
    ask(value, rows++, () => endTurn(reading))
  }
}

function ask(row: string[], index: number, afterTurn: () => void): void {
  const content = `Classify: ${row[1]}`
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] })
  const hash = createHash('sha256').update(body).digest('hex')
  const chunks: Buffer[] = []
  pool.dispatch(
    { method: 'POST', path, headers, body },
    {
      onConnect() {},
      onHeaders: () => true,
      onData(chunk) {
        chunks.push(chunk)
        return true
      },
      onComplete() {
        const { choices, usage } = JSON.parse(Buffer.concat(chunks).toString()) as Reply
        const response = choices[0].message.content
        const entry = [index, hash, response, usage.prompt_tokens, usage.completion_tokens]
        if (ended.length === 0) setImmediate(afterTurn)
        ended.push({ row: [...row, response], entry })
      },
      onError: error => fail(error),
    },
  )
}

function endTurn(reading: Generator<string[]>): void {
  const group = ended
  ended = []
  writeSync(journal, group.map(({ entry }) => `${JSON.stringify(entry)}\n`).join(''))
  writeSync(outputFile, stringify(group.map(({ row }) => row)))
  for (const { entry } of group) unwritten.push(entry)
  inFlight -= group.length
  askMore(reading)
  recordGroup()
}

function recordGroup(): void {
  const isLast = inFlight === 0
  if (isWriting || unwritten.length < (isLast ? 1 : groupRows)) return
  const group = unwritten
  unwritten = []
  isWriting = true
  sqlite.run(insert, [JSON.stringify(group)], error => {
    isWriting = false
    if (error !== null) fail(error)
    else if (inFlight === 0 && unwritten.length === 0) finish()
    else recordGroup()
  })
}

function openTable(): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const opened = new sqlite3.Database(database)
    opened.exec(setUp, error => (error === null ? resolve(opened) : reject(error)))
  })
}
