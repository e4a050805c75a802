import type { Spend } from '../../port/batch-store.js'
import type { Clock } from '../../port/clock.js'
import { type EntryChunk, entryChunks, groupBound, groupsOf } from './entry-chunk.js'
import type { EntryGroup } from './entry-writer.js'
import type { JournalEntry } from './journal-entries.js'
import type { JournalFile } from './journal-file.js'
import { sharedLine, spendLine } from './read-journal.js'

/** Milliseconds after its first entry at which an incomplete group is written to the database. */
const groupWaitMs = 500
/** Rows, and bytes, at which the journal is full. */
const mostRows = 10_000
const mostBytes = 2_500_000

/** A run's journal, and the writing to the database behind it. */
export interface WriteBehind {
  /**
   * See `append` of the port. After a failure of the database, entries are still appended, and the
   * promise rejects.
   *
   * @throws {BatchError} DATABASE_UNUSABLE if the journal cannot be written.
   */
  readonly append: (entries: readonly JournalEntry[], spend?: Spend) => Promise<void> | undefined
  /** Appends a spend alone. */
  readonly secure: (spend: Spend) => void
  /**
   * Writes everything appended to the database, also what failed before. Nothing may be appended
   * afterwards.
   */
  readonly flush: () => Promise<void>
  /** Creates removed files again, with the entries that wait. */
  readonly keep: () => void
  /** Ends the timed writing. What the database gets after that stays in the files too. */
  readonly stop: () => void
}

export interface WriteBehindOptions {
  /** The two files, which take turns. */
  readonly files: readonly [JournalFile, JournalFile]
  readonly write: (group: EntryGroup) => Promise<void>
  readonly clock: Clock
  /** Whether entries must be overwritten in the journal once the database has them. */
  readonly isSecret: boolean
}

/** Entries of one file that the database lacks. */
interface Waiting {
  readonly file: JournalFile
  chunks: EntryChunk[]
  rows: number
  bytes: number
  /** Shared values by hash. Each file has all that its entries need. */
  readonly shared: Map<string, string>
}

/**
 * While one file is written to the database, new entries go to the other. Written entries are cut
 * off at once, so no offsets have to be kept.
 */
export function writeBehind({ files, write, clock, isSecret }: WriteBehindOptions): WriteBehind {
  let current: Waiting = nothingIn(files[0])
  let other: Waiting = nothingIn(files[1])
  let working: Promise<void> | undefined
  let failure: unknown
  let room: PromiseWithResolvers | undefined
  let timer = new AbortController()
  let isTimed = false
  let isFlushing = false
  let isStopped = false
  /** The last line with a spend. It is in the file that is not cut next. */
  let spent: string | undefined

  return {
    append(entries, spend) {
      const line = spend === undefined ? spent : spendLine(spend)
      if (entries.length === 0 && line === spent) {
        return failure === undefined ? room?.promise : rejected(failure)
      }
      addTo(current, entries, line)
      spent = line
      if (failure !== undefined) return rejected(failure)
      if (isGroup(current)) work()
      else startTimer()
      if (!isFull()) return undefined
      room ??= promiseWithResolvers()
      return room.promise
    },
    secure(spend) {
      const line = spendLine(spend)
      addTo(current, [], line)
      spent = line
    },
    async flush() {
      isFlushing = true
      stopTimer()
      await working
      failure = undefined
      while (other.rows + current.rows > 0) await workOff()
    },
    keep() {
      for (const waiting of [current, other]) if (waiting.rows > 0) addTo(waiting, [], spent)
    },
    stop() {
      isStopped = true
      stopTimer()
    },
  }

  function work(): void {
    if (working !== undefined || isFlushing) return
    stopTimer()
    working = workOff().then(
      () => {
        working = undefined
        if (isGroup(current)) work()
        else if (current.rows > 0) startTimer()
      },
      error => {
        working = undefined
        failure = error
        room?.reject(error)
        room = undefined
      },
    )
  }

  /**
   * Writes the entries of the older file to the database. If there are none, the newer file becomes
   * the older.
   */
  async function workOff(): Promise<void> {
    if (other.rows === 0) [current, other] = [other, current]
    for (const chunks of groupsOf(other.chunks)) {
      await write({ chunks, shared: other.shared.values() })
      other.chunks = other.chunks.slice(chunks.length)
      for (const { rows, bytes } of chunks) {
        other.rows -= rows
        other.bytes -= bytes
      }
      if (room !== undefined && !isFull()) {
        room.resolve()
        room = undefined
      }
    }
    // The files are the next process's by now.
    if (isStopped) return
    if (spent !== undefined) addTo(current, [], spent)
    other.file.cut({ isSecret })
    other.shared.clear()
  }

  function isFull(): boolean {
    return current.rows + other.rows >= mostRows || current.bytes + other.bytes >= mostBytes
  }

  function startTimer(): void {
    if (isTimed || isFlushing || working !== undefined) return
    isTimed = true
    timer = new AbortController()
    clock.sleep(groupWaitMs, timer.signal).then(
      () => {
        isTimed = false
        work()
      },
      () => undefined,
    )
  }

  function stopTimer(): void {
    isTimed = false
    timer.abort()
  }
}

function nothingIn(file: JournalFile): Waiting {
  return { file, chunks: [], rows: 0, bytes: 0, shared: new Map() }
}

function addTo(
  waiting: Waiting,
  entries: readonly JournalEntry[],
  spent: string | undefined,
): void {
  const { file, shared } = waiting
  // If somebody removed the file, it is created again, with all entries that wait.
  const isNew = file.isNew()
  const kept = isNew ? waiting.chunks : []
  const fresh = new Map<string, string>()
  for (const entry of entries) {
    for (const { hash, json } of entry.shared) if (!shared.has(hash)) fresh.set(hash, json)
  }
  const unsaid = [...(isNew ? shared.values() : []), ...fresh.values()]
  const added = entryChunks(entries.map(({ line }) => line))
  const lines = [
    ...unsaid.map(json => Buffer.from(`${sharedLine(json)}\n`)),
    ...[...kept, ...added].flatMap(chunk => (chunk.isLong ? [] : (chunk.lines() ?? []))),
  ]
  // Last: a kill in the middle of the write leaves the earlier spend, which is never smaller.
  if (spent !== undefined) lines.push(Buffer.from(`${spent}\n`))
  if (lines.length > 0) file.append(lines)
  for (const [hash, json] of fresh) shared.set(hash, json)
  if (isNew) waiting.chunks = kept.map(chunk => appended(chunk, file))
  for (const chunk of added) {
    waiting.chunks.push(appended(chunk, file))
    waiting.rows += chunk.rows
    waiting.bytes += chunk.bytes
  }
}

/** A long entry is written alone, and read again when its turn comes. */
function appended(chunk: EntryChunk, file: JournalFile): EntryChunk {
  const lines = chunk.isLong ? chunk.lines() : undefined
  return lines === undefined ? chunk : { ...chunk, lines: file.appendLong(lines) }
}

function isGroup({ rows, bytes }: Waiting): boolean {
  return rows >= groupBound.rows || bytes >= groupBound.bytes
}

/** A promise without a required listener. */
function rejected(error: unknown): Promise<void> {
  const promise = Promise.reject(error)
  promise.catch(() => undefined)
  return promise
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function promiseWithResolvers(): PromiseWithResolvers {
  let resolve = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
