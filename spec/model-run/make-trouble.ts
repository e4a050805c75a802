import { setTimeout as sleep } from 'node:timers/promises'
import { editDatabase } from '../store/edit-database.js'
import { faultHit, killedAt } from '../support/fault-point.js'
import { queryDatabase } from '../support/query-database.js'
import type { CommandResult, RunningCommand } from '../support/run-command.js'
import { runPlain } from '../support/run-plain.js'
import { until } from '../support/until.js'
import type { CommandBench } from '../support/use-command.js'
import type { Trouble } from './steps.js'

export interface TroubledRun {
  readonly args: readonly string[]
  readonly batchId: string
  /** How another process goes on with the batch. */
  readonly resume: readonly string[]
  /** So many calls it makes at least, when nothing happens to it. */
  readonly leastCalls: number
  /** Is told when its process stands still, before another goes on. */
  readonly onSuspended: () => Promise<void>
}

/**
 * How a run ended, by what was done to it; `finished` where it came to its end before, or all its
 * calls were in flight.
 */
export interface TroubledEnd {
  readonly how: 'finished' | 'killed' | 'interrupted' | 'broken-off' | 'cancelled' | 'ended-at-once'
  /** `append:before`, of one that was killed. */
  readonly faultHit?: string | undefined
  /** Of the process that had the batch in the end. */
  readonly result: CommandResult
  /** Of the one that was suspended. */
  readonly woken?: CommandResult
}

/** Runs a command and lets trouble come over it, at the same call each time. */
export async function makeTrouble(
  bench: CommandBench,
  run: TroubledRun,
  trouble: Trouble | undefined,
): Promise<TroubledEnd> {
  const { server } = bench
  if (trouble?.kind === 'kill') return kill()
  // What makes no call cannot be held at one.
  if (trouble === undefined || run.leastCalls === 0) {
    return { how: 'finished', result: await runPlain(bench, run.args) }
  }
  const before = server.requestCount()
  server.hold()
  const running = bench.start(run.args)
  running.stdin.end()
  const answered = Math.min(trouble.after, run.leastCalls - 1)
  for (let calls = 1; calls <= answered; calls += 1) {
    await orEnd(running, server.arrived(before + calls))
    server.release(1)
  }
  await orEnd(running, server.arrived(before + answered + 1))
  switch (trouble.kind) {
    case 'interrupt':
      return interrupt(running, trouble)
    case 'cancel':
      return cancel(running, trouble)
    case 'suspend':
      return suspend(running, trouble)
  }

  async function kill(): Promise<TroubledEnd> {
    const env = killedAt((trouble as Trouble & { kind: 'kill' }).at)
    const result = await bench.llm(run.args, { env })
    if (result.signal !== 'SIGKILL') return { how: 'finished', result }
    // What it had sent may not have been read yet; its connections are closed behind it.
    await until(async () => (await server.connections()) === 0)
    return { how: 'killed', faultHit: faultHit(result.stderr), result }
  }

  async function interrupt(
    running: RunningCommand,
    { times }: Trouble & { kind: 'interrupt' },
  ): Promise<TroubledEnd> {
    running.kill('SIGINT')
    await running.said('Interrupted, stopping:')
    if (times === 2) running.kill('SIGINT')
    else server.release()
    const result = await running.result
    server.release()
    if (times === 2) return { how: 'broken-off', result }
    return { how: result.exitCode === 130 ? 'interrupted' : 'finished', result }
  }

  async function cancel(
    running: RunningCommand,
    { isAtOnce }: Trouble & { kind: 'cancel' },
  ): Promise<TroubledEnd> {
    const args = ['batch', 'cancel', run.batchId, ...(isAtOnce ? ['--grace', '0'] : [])]
    const { exitCode, stderr } = await bench.llm(args)
    if (exitCode !== 0) throw new Error(`cancel: exit ${exitCode}: ${stderr}`)
    if (!isAtOnce) {
      // It reads what is asked of it whenever it gives a sign of life.
      for (const _ of [1, 2]) await nextPulse()
      server.release()
    }
    const result = await running.result
    server.release()
    if (isAtOnce) return { how: 'ended-at-once', result }
    return { how: result.exitCode === 3 ? 'cancelled' : 'finished', result }
  }

  async function suspend(
    running: RunningCommand,
    { wakes }: Trouble & { kind: 'suspend' },
  ): Promise<TroubledEnd> {
    await loseLease(running)
    await run.onSuspended()
    server.release()
    if (wakes === 'after') {
      const result = await runPlain(bench, run.resume)
      server.hold()
      running.kill('SIGCONT')
      const woken = await running.result
      server.release()
      return { how: 'finished', result, woken }
    }
    const asked = server.requestCount()
    server.hold()
    const other = bench.start(run.resume)
    other.stdin.end()
    await Promise.race([other.result, server.arrived(asked + 1)])
    running.kill('SIGCONT')
    const woken = await running.result
    server.release()
    return { how: 'finished', result: await other.result, woken }
  }

  /**
   * As a process of another machine that gave no sign of life for long, it does not hold the batch
   * any more.
   */
  async function loseLease(running: RunningCommand): Promise<void> {
    for (;;) {
      running.kill('SIGSTOP')
      try {
        await editDatabase(
          databaseOf(bench),
          `UPDATE batch_runs SET host = 'elsewhere', updated_at = '2020-01-01T00:00:00+00:00'
            WHERE id = '${run.batchId}'`,
        )
        return
      } catch {
        // It stands in the middle of a transaction.
        running.kill('SIGCONT')
        await sleep(20)
      }
    }
  }

  async function nextPulse(): Promise<void> {
    const read = async () => (await queryDatabase(databaseOf(bench), pulseOf(run.batchId)))[0]
    const first = (await read()).updated_at
    await until(async () => (await read()).updated_at !== first)
  }
}

export function databaseOf({ workdir }: CommandBench): string {
  return workdir.join('llm-user/logs.db')
}

const pulseOf = (id: string): string => `SELECT updated_at FROM batch_runs WHERE id = '${id}'`

async function orEnd(running: RunningCommand, event: Promise<void>): Promise<void> {
  const ended = await Promise.race([event, running.result])
  if (ended) throw new Error(`It ended before, with ${ended.exitCode}: ${ended.stderr}`)
}
