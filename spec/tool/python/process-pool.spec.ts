import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { createProcessPool, type PoolMember } from '../../../lib/tool/python/process-pool.js'
import { settle } from '../../support/fake-clock.js'
import { scale } from '../../support/scale.js'

const size = 3

/** A process that answers, fails and ends when the spec says so. */
class Process implements PoolMember<number, string> {
  job: { readonly number: number; settle: (error?: Error) => void } | undefined
  isEnding = false
  isGone = false
  readonly started: number[] = []
  private leave = (): void => {}
  readonly ended = new Promise<void>(resolve => {
    this.leave = resolve
  })

  run = (number: number): Promise<string> => {
    if (this.job !== undefined || this.isEnding)
      throw new Error(`job ${number} has no free process`)
    this.started.push(number)
    return new Promise((resolve, reject) => {
      const settleJob = (error?: Error): void => {
        this.job = undefined
        if (error === undefined) resolve(`answer ${number}`)
        else reject(error)
      }
      this.job = { number, settle: settleJob }
    })
  }

  end = (): void => {
    this.isEnding = true
  }

  /** As a real process that is gone: its job fails. */
  go(): void {
    this.isEnding = true
    this.isGone = true
    this.job?.settle(new Error('gone'))
    this.leave()
  }
}

interface Job {
  readonly aborter: AbortController
  outcome: string | undefined
}

/** The pool, and what the spec has seen of it. */
class Setting {
  readonly processes: Process[] = []
  readonly jobs: Job[] = []
  readonly starts: number[] = []
  isClosed = false
  readonly pool = createProcessPool<number, string>({
    size,
    neverStarted: () => new Error('never started'),
    start: () => {
      const process = new Process()
      const run = process.run
      process.run = number => {
        this.starts.push(number)
        return run(number)
      }
      this.processes.push(process)
      return process
    },
  })

  submit(): void {
    const job: Job = { aborter: new AbortController(), outcome: undefined }
    const number = this.jobs.push(job) - 1
    const keep = (outcome: string): void => {
      job.outcome = job.outcome === undefined ? outcome : 'settled twice'
    }
    this.pool.run(number, job.aborter.signal).then(keep, error => keep(error.message))
  }

  alive(): Process[] {
    return this.processes.filter(process => !process.isGone)
  }

  isRunning(number: number): boolean {
    return this.processes.some(({ job }) => job?.number === number)
  }
}

/** What each job must have come to, or undefined while it waits or runs. */
type Model = { readonly outcomes: (string | undefined)[]; isClosed: boolean }

class Step implements fc.AsyncCommand<Model, Setting> {
  readonly what: 'submit' | 'answer' | 'fail' | 'go' | 'abort' | 'close'
  readonly which: number

  constructor(what: Step['what'], which: number) {
    this.what = what
    this.which = which
  }

  check = (): boolean => true

  async run(model: Model, real: Setting): Promise<void> {
    if (this.what === 'submit') submit(model, real)
    else if (this.what === 'abort') abort(model, real, this.which)
    else if (this.what === 'close') close(model, real)
    else this.endJob(model, real)
    await settle()
    checkState(model, real)
  }

  private endJob(model: Model, real: Setting): void {
    const alive = real.alive()
    // An answer may be on its way when its process is ended.
    const busy = alive.filter(({ job }) => job !== undefined)
    const process = pick(this.what === 'go' ? alive : busy, this.which)
    const number = process?.job?.number
    const outcomes = { answer: `answer ${number}`, fail: 'failed', go: 'gone' }
    if (number !== undefined) model.outcomes[number] ??= outcomes[this.what as 'answer']
    if (this.what === 'go') process?.go()
    else process?.job?.settle(this.what === 'fail' ? new Error('failed') : undefined)
  }

  toString(): string {
    return `${this.what}(${this.which})`
  }
}

function submit(model: Model, real: Setting): void {
  model.outcomes.push(model.isClosed ? 'the run is over' : undefined)
  real.submit()
}

function abort(model: Model, real: Setting, which: number): void {
  const number = which % Math.max(real.jobs.length, 1)
  const reason = real.isRunning(number) ? 'aborted' : 'never started'
  if (number < model.outcomes.length) model.outcomes[number] ??= reason
  real.jobs[number]?.aborter.abort(new Error('aborted'))
}

function close(model: Model, real: Setting): void {
  model.isClosed = true
  for (const [number] of model.outcomes.entries()) model.outcomes[number] ??= 'the run is over'
  void real.pool.close()
}

function checkState(model: Model, real: Setting): void {
  expect(real.jobs.map(({ outcome }) => outcome)).toEqual(model.outcomes)
  expect(real.alive().length).toBeLessThanOrEqual(size)
  expect(real.starts).toEqual([...real.starts].sort((a, b) => a - b))

  const waiting = model.outcomes.filter(
    (outcome, number) => outcome === undefined && !real.isRunning(number),
  )
  const idle = real.alive().filter(({ job, isEnding }) => job === undefined && !isEnding)
  if (waiting.length > 0) {
    expect(idle).toEqual([])
    expect(real.alive()).toHaveLength(size)
  }
  if (model.isClosed) expect(real.alive().filter(({ isEnding }) => !isEnding)).toEqual([])
}

function pick<Value>(values: readonly Value[], which: number): Value | undefined {
  return values[which % Math.max(values.length, 1)]
}

describe('the pool of processes', () => {
  const steps = [
    ...(['submit', 'submit', 'submit', 'answer', 'abort', 'abort'] as const),
    ...(['submit', 'submit', 'answer', 'fail', 'go'] as const),
  ]
  const step = fc
    .tuple(fc.constantFrom(...steps, ...steps, 'close' as const), fc.nat(20))
    .map(args => new Step(...args))

  it('does each job once, in order, on few processes, whatever ends when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands([step], { maxCommands: 60, size: 'max' }), commands =>
        fc.asyncModelRun(
          () => ({ model: { outcomes: [], isClosed: false } as Model, real: new Setting() }),
          commands,
        ),
      ),
      { numRuns: 60 * scale },
    )
  })

  it('starts a process only when a job needs one, and keeps it', async () => {
    const real = new Setting()
    expect(real.processes).toHaveLength(0)
    for (let round = 0; round < 3; round += 1) {
      real.submit()
      await settle()
      real.processes[0]?.job?.settle()
      await settle()
    }
    expect(real.processes).toHaveLength(1)
    expect(real.processes[0]?.started).toEqual([0, 1, 2])
  })

  it('leaves no listener at the signal of a row', async () => {
    const real = new Setting()
    real.submit()
    await settle()
    real.processes[0]?.job?.settle()
    await settle()
    expect(getEventListeners(real.jobs[0]?.aborter.signal as AbortSignal, 'abort')).toEqual([])
  })

  it('closes when all processes are gone', async () => {
    const real = new Setting()
    real.submit()
    await settle()
    let isClosed = false
    const closed = real.pool.close().then(() => {
      isClosed = true
    })
    await settle()
    expect(isClosed).toBe(false)
    real.processes[0]?.go()
    await closed
    expect(isClosed).toBe(true)
  })

  it('tells a job that no process starts, and lets the next try', async () => {
    let starts = 0
    const process = new Process()
    const pool = createProcessPool<number, string>({
      size: 1,
      neverStarted: () => new Error('never started'),
      start: () => {
        starts += 1
        if (starts < 3) throw new Error(`no process ${starts}`)
        return process
      },
    })
    const signal = new AbortController().signal
    await expect(pool.run(0, signal)).rejects.toThrow('no process 1')
    await expect(pool.run(1, signal)).rejects.toThrow('no process 2')
    const third = pool.run(2, signal)
    process.job?.settle()
    expect(await third).toBe('answer 2')
    expect(process.started).toEqual([2])
  })
})
