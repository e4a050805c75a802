import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Outcome } from '../../lib/row/outcome.js'
import { recordOutcomes } from '../../lib/stage/record-outcomes.js'
import { createWindow } from '../../lib/stage/window.js'
import { collect, collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { inGroupsOf } from '../support/pass-groups.js'
import { answer, failed, fault, prompt, range } from '../support/rows.js'
import { answeringClient, clientKinds, scriptedClient } from '../support/scripted-client.js'
import { indices, inOrder, invoking, prompts, watchedWindow } from './invoking.js'

const stopped = fault('RUN_STOPPED', 'run')

describe.each(clientKinds)('invokeModel of a client with `%s`, at its end', kind => {
  it('asks for a stop at an error that reaches the whole run, and skips what is not in flight', async () => {
    const error = fault('KEY_INVALID', 'run')
    const { stage, stop, begun } = invoking(
      answeringClient(kind, () => error),
      { concurrency: 2 },
    )

    const out = await collectGroups<Outcome>([prompts(10)], stage)

    expect(stop.reason()).toBe(error)
    expect(begun).toEqual([0, 1])
    expect(inOrder(out.flat())).toEqual(range(10))
    expect(out.flat().filter(one => one.kind === 'failed')).toHaveLength(2)
  })

  it('gives each row one outcome when a stop is asked for by who hears the outcomes', async () => {
    for (const at of range(6)) {
      const heard: Outcome[] = []
      const run = invoking(answeringClient(kind), {
        concurrency: 2,
        onOutcome(outcome) {
          heard.push(outcome)
          if (heard.length > at) run.stop.request(stopped)
        },
      })

      const out = await collectGroups<Outcome>(
        [[failed(0), prompt(1), failed(2), prompt(3)], prompts(9).slice(4)],
        run.stage,
      )

      expect(inOrder(out.flat())).toEqual(range(9))
      expect(inOrder(heard)).toEqual(range(9))
    }
  })

  it('after a stop, takes and skips all further prompts, also when its window is full', async () => {
    const window = createWindow({ rows: 1_000, characters: 300 })
    const long = range(20).map(index => prompt(index, 'x'.repeat(100)))
    const { stage, stop, open } = invoking(scriptedClient(kind), { concurrency: 1, window })
    const recorded = recordOutcomes({ append: () => undefined, window })
    const out = collect<Outcome>(long, stage, recorded)
    await settle()
    stop.request(stopped)
    open[0]?.answer()

    expect(inOrder(await out)).toEqual(range(20))
  })

  it.each([
    ['to its end', false],
    ['until it is stopped', true],
  ])('leaves nothing in a shared window once it has run %s', async (_, isStopped) => {
    const window = watchedWindow(10)
    const run = invoking(
      answeringClient(kind, ({ row }) => {
        if (isStopped && row.index === 20) run.stop.request(stopped)
        return row.index % 5 === 0 ? fault('REQUEST_REJECTED', 'row') : answer('a long answer')
      }),
      { window, rateLimit: isStopped ? undefined : 6_000_000 },
    )
    const recorded = recordOutcomes({
      append: () => undefined,
      release: run.calls.release,
      window,
    })
    const records = range(60).map(index => (index % 7 === 0 ? failed(index) : prompt(index)))

    const out = collectGroups<Outcome>(inGroupsOf(4, records), run.stage, recorded)
    await run.clock.advance(60_000)

    expect(inOrder((await out).flat())).toEqual(range(60))
    expect(window.held()).toEqual([0, 0])
  })

  it('breaks off its calls when it is destroyed, with the same error', async () => {
    const aborter = new AbortController()
    const { stage, brokenOff, clock } = invoking(scriptedClient(kind))
    const done = pipeline(
      [Readable.from([prompts(9)]), stage, new Writable({ objectMode: true })],
      {
        signal: aborter.signal,
      },
    )
    await settle()

    aborter.abort()

    await expect(done).rejects.toThrow()
    expect(brokenOff).toHaveLength(4)
    await settle()
    expect(clock.sleepers()).toBe(0)
  })

  it('is destroyed by a bug of the client', async () => {
    const { stage } = invoking(answeringClient(kind, () => new TypeError('a bug')))

    await expect(collect([prompt(0)], stage)).rejects.toThrow('a bug')
  })
})

describe('invokeModel', () => {
  it('hands over the outcomes of the turn in which it is destroyed', async () => {
    const rescued: Outcome[] = []
    const { stage, open } = invoking(scriptedClient('begin'), {
      rescue: outcomes => rescued.push(...outcomes),
      onOutcome(outcome) {
        if (outcome.row.index === 1) stage.destroy()
      },
    })
    stage.write(prompts(4))
    await settle()
    const calls = [...open]

    calls[0]?.answer()
    calls[1]?.answer()
    await settle()

    expect(indices(rescued)).toEqual([0, 1])
    expect(open).toEqual([])
  })

  it('ignores calls that end after it was destroyed', async () => {
    const heard: Outcome[] = []
    const { stage, open, clock, stop } = invoking(scriptedClient('begin'), {
      onOutcome: outcome => heard.push(outcome),
    })
    stage.write(prompts(2))
    await settle()
    const calls = [...open]
    calls[0]?.fail(fault('RATE_LIMITED', 'attempt', 5_000))
    stage.destroy()

    calls[1]?.answer()
    stop.request(stopped)
    await clock.advance(60_000)

    expect(heard).toEqual([])
  })

  it('has every paid outcome recorded, whenever it is aborted', async () => {
    for (const turns of range(12)) {
      const safe: Outcome[] = []
      const append = (group: readonly Outcome[]): undefined => void safe.push(...group)
      const told: Outcome[] = []
      const { stage, calls } = invoking(answeringClient('begin'), {
        window: createWindow({ rows: 10 }),
        rescue: append,
        onOutcome: outcome => told.push(outcome),
      })
      const aborter = new AbortController()
      const standing = new Writable({ objectMode: true, highWaterMark: 1, write() {} })
      const done = pipeline(
        [
          Readable.from(inGroupsOf(3, prompts(100))),
          stage,
          recordOutcomes({ append, release: calls.release, window: createWindow({ rows: 1 }) }),
          standing,
        ],
        { signal: aborter.signal },
      ).catch(() => {})
      for (const _ of range(turns)) await new Promise(resolve => setImmediate(resolve))

      aborter.abort()
      await done

      expect(inOrder(safe)).toEqual(inOrder(told))
    }
  })

  it('takes a group of any size', async () => {
    const early = range(200_000).map(() => failed(0))
    const { stage } = invoking(answeringClient('begin'))

    expect((await collectGroups([early], stage)).flat()).toHaveLength(200_000)
  })
})
