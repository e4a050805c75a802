import type { Clock } from '../../port/clock.js'
import type { EntryGroup } from './entry-writer.js'
import type { JournalEntry } from './journal-entries.js'
import type { JournalFile } from './journal-file.js'
import { sharedLine } from './read-journal.js'

/** So many rows, or characters, are written to the database together, and so long after the first of them. */
const groupRows = 500
const groupLength = 1_000_000
const groupWaitMs = 1000
/** So many that wait are the journal's bound. */
const mostRows = 5000
const mostLength = 2_000_000

/** A run's journal with the database behind it. */
export interface WriteBehind {
  /**
   * As `append` of the port. Once the database has failed, entries are still appended, and the promise rejects.
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
  entries: string[]
  length: number
  /** By hash: each file can be read without the other. */
  readonly shared: Map<string, string>
}

/**
 * While one file is written to the database, new entries go to the other; what is written is cut off at once, so that
 * nothing keeps offsets.
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
      while (other.entries.length + current.entries.length > 0) await workOff()
    },
    keep() {
      for (const waiting of [current, other]) if (waiting.entries.length > 0) addTo(waiting, [])
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
        else if (current.entries.length > 0) startTimer()
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
    if (other.entries.length === 0) [current, other] = [other, current]
    while (other.entries.length > 0) {
      const count = countOfGroup(other.entries)
      const entries = other.entries.slice(0, count)
      await write({ entries, shared: other.shared.values() })
      other.entries = other.entries.slice(count)
      other.length -= lengthOf(entries)
      if (room !== undefined && !isFull()) {
        room.resolve()
        room = undefined
      }
    }
    other.file.cut({ isSecret })
    other.shared.clear()
  }

  function isFull(): boolean {
    return (
      current.entries.length + other.entries.length >= mostRows ||
      current.length + other.length >= mostLength
    )
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
  return { file, entries: [], length: 0, shared: new Map() }
}

function addTo(waiting: Waiting, entries: readonly JournalEntry[]): void {
  const { file, shared } = waiting
  // Somebody may have removed the file: it is made anew, with all that waits.
  const isNew = file.isNew()
  const fresh = new Map<string, string>()
  for (const entry of entries) {
    for (const { hash, json } of entry.shared) if (!shared.has(hash)) fresh.set(hash, json)
  }
  const known = isNew ? [...shared.values()] : []
  const lines = [
    ...[...known, ...fresh.values()].map(sharedLine),
    ...(isNew ? waiting.entries : []),
    ...entries.map(({ line }) => line),
  ]
  if (lines.length === 0) return
  file.append(`${lines.join('\n')}\n`)
  for (const [hash, json] of fresh) shared.set(hash, json)
  for (const { line } of entries) {
    waiting.entries.push(line)
    waiting.length += line.length
  }
}

function isGroup({ entries, length }: Waiting): boolean {
  return entries.length >= groupRows || length >= groupLength
}

/** How many of the entries are written in one transaction: one at least. */
export function countOfGroup(entries: readonly string[]): number {
  let count = 0
  let length = 0
  while (count < entries.length && count < groupRows && length < groupLength) {
    length += entries[count]?.length ?? 0
    count += 1
  }
  return count
}

function lengthOf(entries: readonly string[]): number {
  return entries.reduce((length, entry) => length + entry.length, 0)
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
