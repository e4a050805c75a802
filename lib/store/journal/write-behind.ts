import type { Clock } from '../../port/clock.js'
import { type EntryChunk, entryChunks, groupBound, groupsOf } from './entry-chunk.js'
import type { EntryGroup } from './entry-writer.js'
import type { JournalEntry } from './journal-entries.js'
import type { JournalFile } from './journal-file.js'
import { sharedLine } from './read-journal.js'

/** Fewer than a group are written to the database so long after the first of them. */
const groupWaitMs = 500
/** So many rows, or bytes, that wait are the journal's bound. */
const mostRows = 10_000
const mostBytes = 2_500_000

/** A run's journal with the database behind it. */
export interface WriteBehind {
  /**
   * As `append` of the port. Once the database has failed, entries are still appended, and the
   * promise rejects.
   *
   * @throws {BatchError} DATABASE_UNUSABLE when the journal cannot be written.
   */
  readonly append: (entries: readonly JournalEntry[]) => Promise<void> | undefined
  /** Writes all that was appended, and tries again what failed before. Nothing is appended then. */
  readonly flush: () => Promise<void>
  /** Makes files that somebody removed anew, with what waits in them. */
  readonly keep: () => void
  /** Nothing is written on its own any more. */
  readonly stop: () => void
}

export interface WriteBehindOptions {
  /** They alternate. */
  readonly files: readonly [JournalFile, JournalFile]
  readonly write: (group: EntryGroup) => Promise<void>
  readonly clock: Clock
  /** Whether what the database has must be nowhere else. */
  readonly isSecret: boolean
}

/** What one file holds that the database lacks. */
interface Waiting {
  readonly file: JournalFile
  chunks: EntryChunk[]
  rows: number
  bytes: number
  /** By hash: each file can be read without the other. */
  readonly shared: Map<string, string>
}

/**
 * While one file is written to the database, new entries go to the other; what is written is cut
 * off at once, so that nothing keeps offsets.
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

  return {
    append(entries) {
      if (entries.length === 0) return failure === undefined ? room?.promise : rejected(failure)
      addTo(current, entries)
      if (failure !== undefined) return rejected(failure)
      if (isGroup(current)) work()
      else startTimer()
      if (!isFull()) return undefined
      room ??= promiseWithResolvers()
      return room.promise
    },
    async flush() {
      isFlushing = true
      stopTimer()
      await working
      failure = undefined
      while (other.rows + current.rows > 0) await workOff()
    },
    keep() {
      for (const waiting of [current, other]) if (waiting.rows > 0) addTo(waiting, [])
    },
    stop: stopTimer,
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

  /** Writes what the older file holds; when that is nothing, the newer becomes the older. */
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

function addTo(waiting: Waiting, entries: readonly JournalEntry[]): void {
  const { file, shared } = waiting
  // Somebody may have removed the file: it is made anew, with all that waits.
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
  if (lines.length > 0) file.append(lines)
  for (const [hash, json] of fresh) shared.set(hash, json)
  if (isNew) waiting.chunks = kept.map(chunk => appended(chunk, file))
  for (const chunk of added) {
    waiting.chunks.push(appended(chunk, file))
    waiting.rows += chunk.rows
    waiting.bytes += chunk.bytes
  }
}

/** A long entry is written on its own, and read again when its turn comes. */
function appended(chunk: EntryChunk, file: JournalFile): EntryChunk {
  const lines = chunk.isLong ? chunk.lines() : undefined
  return lines === undefined ? chunk : { ...chunk, lines: file.appendLong(lines) }
}

function isGroup({ rows, bytes }: Waiting): boolean {
  return rows >= groupBound.rows || bytes >= groupBound.bytes
}

/** A promise that nobody need wait for. */
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
