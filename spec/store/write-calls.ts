import { createHash } from 'node:crypto'
import type { Answered } from '../../lib/row/outcome.js'
import type { Fragment } from '../../lib/row/prompt.js'
import { migrateBatchTables } from '../../lib/store/batches/migrate-batch-tables.js'
import type { Database } from '../../lib/store/database/database.js'
import { entryChunks } from '../../lib/store/journal/entry-chunk.js'
import { entryWriter } from '../../lib/store/journal/entry-writer.js'
import { journalEntries } from '../../lib/store/journal/journal-entries.js'
import { loadMessageHash } from '../../lib/store/llm-log/message-hash.js'
import { storeClock } from './store-clock.js'

/** An answer under ids of a spec's choice. */
export interface LoggedCall extends Pick<Answered, 'prompt' | 'answer' | 'usage'> {
  readonly id: string
  readonly threadId: string
}

const clock = storeClock()

/** Writes answers as one group, as a run of a batch would. */
export async function writeCalls(database: Database, calls: readonly LoggedCall[]): Promise<void> {
  await migrateBatchTables(database, clock)
  await database.run("INSERT OR IGNORE INTO batch_runs (id, lease) VALUES ('b', 'mine')")
  const ids = calls.flatMap(({ id, threadId }) => [id, threadId])
  const nextId = () => ids.shift() ?? ''
  const writer = entryWriter(database, clock)
  const { isMessageStore } = await writer.prepareLog()
  const log = { hash: await loadMessageHash(), nextId, isMessageStore }
  const outcomes = calls.map(({ id, prompt, answer, usage }): Answered => {
    const row = { ...prompt.row, index: Number.parseInt(id, 36) }
    return { kind: 'answered', row, prompt: { ...prompt, row }, answer, attempts: 1, usage }
  })
  const entries = journalEntries({ clock, log })(outcomes)
  const run = { batchId: 'b', run: 1, model: 'gpt-4o-mini', isLogged: true, lease: 'mine' }
  await writer.write(run, {
    chunks: entryChunks(entries.map(({ line }) => line)),
    shared: new Set(entries.flatMap(({ shared }) => shared.map(({ json }) => json))),
  })
}

export function fragmentOf(content: string): Fragment {
  const hash = createHash('sha256').update(content, 'utf8').digest('hex')
  return { hash, content, source: '/texts/shared.txt' }
}
