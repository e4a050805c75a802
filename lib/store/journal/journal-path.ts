import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

export interface JournalPathOptions {
  /** Path of the database. */
  readonly database: string
  readonly batchId: string
  readonly run: number
  /** Number of the file. Two files take turns. */
  readonly half: 'a' | 'b'
}

/** The path of a run's journal, beside the database. */
export function journalPath({ database, batchId, run, half }: JournalPathOptions): string {
  return `${database}-${encodeURIComponent(batchId)}-${run}-${half}.journal`
}

const nameOfJournal = /^-(.+)-\d+-[ab]\.journal$/

/** Paths of all journals beside a database, by batch, in the order of their names. */
export async function listJournals(
  database: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = dirname(database)
  const start = basename(database)
  const found = new Map<string, string[]>()
  const names = await readdir(folder).catch(() => [])
  for (const name of names.sort()) {
    if (!name.startsWith(start)) continue
    const encoded = nameOfJournal.exec(name.slice(start.length))?.[1]
    const batchId = encoded === undefined ? undefined : decoded(encoded)
    if (batchId === undefined) continue
    found.set(batchId, [...(found.get(batchId) ?? []), join(folder, name)])
  }
  return found
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
