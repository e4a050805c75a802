/** A process that does one job at a time. */
export interface PoolMember<Job, Result> {
  /** Rejects if the process fails. Then the process is of no more use. */
  readonly run: (job: Job) => Promise<Result>
  /** Ends the process at once, whatever it does. */
  readonly end: () => void
  /** Resolves when the process is there no more. */
  readonly ended: Promise<void>
}

export interface ProcessPoolOptions<Job, Result> {
  /** The most processes at a time. */
  readonly size: number
  readonly start: () => PoolMember<Job, Result>
  /** What a job is told that was given up before a process was free. */
  readonly neverStarted: () => Error
}

/** Processes for jobs of many rows. Processes are started on demand, and stay. */
export interface ProcessPool<Job, Result> {
  /**
   * Rejects with what the process fails with. If `signal` aborts, a process that does the job is
   * ended, and the job rejects with the signal's reason.
   */
  readonly run: (job: Job, signal: AbortSignal) => Promise<Result>
  /** Ends all processes. Jobs that are not done reject. Resolves when all processes are gone. */
  readonly close: () => Promise<void>
}

interface PoolJob<Job, Result> {
  readonly job: Job
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export function createProcessPool<Job, Result>(
  options: ProcessPoolOptions<Job, Result>,
): ProcessPool<Job, Result> {
  type Member = PoolMember<Job, Result>
  const { size, start, neverStarted } = options
  /** All processes that are there, and among them those without a job. */
  const members = new Set<Member>()
  const idle = new Set<Member>()
  /** Jobs in the order in which they came, and those that a process does. */
  const queue = new Set<PoolJob<Job, Result>>()
  const busy = new Map<PoolJob<Job, Result>, Member>()
  let isClosed = false

  return {
    async run(job, signal) {
      signal.throwIfAborted()
      if (isClosed) throw poolClosed()
      let giveUp = (): void => {}
      try {
        return await new Promise<Result>((resolve, reject) => {
          const waiting = { job, resolve, reject }
          giveUp = () => drop(waiting, queue.has(waiting) ? neverStarted() : signal.reason)
          signal.addEventListener('abort', giveUp)
          queue.add(waiting)
          serveQueue()
        })
      } finally {
        signal.removeEventListener('abort', giveUp)
      }
    },
    async close() {
      isClosed = true
      for (const waiting of [...queue, ...busy.keys()]) drop(waiting, poolClosed())
      const ends = [...members].map(({ ended }) => ended)
      for (const member of members) member.end()
      await Promise.all(ends)
    },
  }

  function serveQueue(): void {
    for (const waiting of queue) {
      try {
        const member = freeMember()
        if (member === undefined) return
        queue.delete(waiting)
        busy.set(waiting, member)
        void serve(member, waiting)
      } catch (error) {
        // No process could be started.
        drop(waiting, error)
      }
    }
  }

  /** An idle process, or a new one. Undefined if all are busy. */
  function freeMember(): Member | undefined {
    for (const member of idle) {
      idle.delete(member)
      return member
    }
    if (members.size >= size) return undefined
    const member = start()
    members.add(member)
    void member.ended.then(() => {
      members.delete(member)
      idle.delete(member)
      serveQueue()
    })
    return member
  }

  async function serve(member: Member, waiting: PoolJob<Job, Result>): Promise<void> {
    try {
      const result = await member.run(waiting.job)
      // The process of a dropped job ends.
      if (!busy.delete(waiting)) return
      idle.add(member)
      waiting.resolve(result)
      serveQueue()
    } catch (error) {
      drop(waiting, error)
    }
  }

  function drop(waiting: PoolJob<Job, Result>, reason: unknown): void {
    queue.delete(waiting)
    busy.get(waiting)?.end()
    busy.delete(waiting)
    waiting.reject(reason)
  }
}

function poolClosed(): Error {
  return new Error('the run is over')
}
