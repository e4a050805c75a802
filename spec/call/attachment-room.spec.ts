import fc from 'fast-check'
import { callPath } from '../../lib/call/call-path.js'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import { encodedBytes, mostAttachmentBytes } from '../../lib/row/attachment.js'
import type { Outcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { fakeClock, settle } from '../support/fake-clock.js'
import { fault, prompt } from '../support/rows.js'
import { scale } from '../support/scale.js'
import { scriptedClient } from '../support/scripted-client.js'
import { limits } from './way-to-model.js'

const megabyte = 1_000_000

/** A prompt with an attachment of so many megabytes; none for 0. */
function promptOf(index: number, megabytes: number): Prompt {
  if (megabytes === 0) return prompt(index)
  const file = {
    id: String(index),
    type: 'image/png',
    path: '/a',
    loadedBytes: megabytes * megabyte,
  }
  return { ...prompt(index), attachments: [file] }
}

const bytesOf = ({ attachments = [] }: Prompt): number => encodedBytes(attachments)

/** Prompts that are asked as there is room, in their order. */
function asking(prompts: readonly Prompt[], concurrency: number) {
  const clock = fakeClock()
  const stop = createStopSwitch()
  const model = scriptedClient('begin')
  const path = callPath(model.client, { ...limits, concurrency, clock, stop })
  const outcomes: Outcome[] = []
  const queue = [...prompts]
  const listener = {
    ended(outcome: Outcome) {
      outcomes.push(outcome)
      // Later, as `record-outcomes` does.
      void settle().then(() => path.release([outcome]))
    },
    broken: (error: unknown) => {
      throw error
    },
  }
  const serve = (): void => {
    while (queue[0] !== undefined && path.tryBegin(queue[0], listener)) queue.shift()
  }
  path.onFree(serve)
  serve()
  return { ...model, clock, stop, path, outcomes, serve }
}

describe('the room for attachments', () => {
  it(
    'is never passed by calls in flight together, and every row has its turn',
    async () => {
      const sizes = fc.array(fc.constantFrom(0, 1, 5, 20, 47, 60, 200), { maxLength: 15 })
      const ends = fc.array(fc.record({ at: fc.nat(), isGood: fc.boolean() }), { minLength: 60 })
      await fc.assert(
        fc.asyncProperty(sizes, ends, fc.integer({ min: 1, max: 8 }), async (given, plan, most) => {
          const prompts = given.map((megabytes, index) => promptOf(index, megabytes))
          const { open, clock, outcomes } = asking(prompts, most)
          for (const { at, isGood } of [...plan, ...plan.map(end => ({ ...end, isGood: true }))]) {
            const held = open.map(call => bytesOf(call.prompt)).filter(bytes => bytes > 0)
            const sum = held.reduce((total, bytes) => total + bytes, 0)
            expect(sum <= mostAttachmentBytes || held.length === 1).toBe(true)
            expect(open.length).toBeLessThanOrEqual(most)
            const call = open[at % Math.max(1, open.length)]
            if (isGood) call?.answer()
            else call?.fail(fault('SERVER_FAILED', 'attempt'))
            await settle()
            await clock.advance(40_000)
          }

          expect(outcomes.map(({ row }) => row.index).sort((a, b) => a - b)).toEqual(
            prompts.map(({ row }) => row.index),
          )
        }),
        { numRuns: 15 * scale },
      )
    },
    120_000 * scale,
  )

  it('is what holds the run, as long as a call waits for it', async () => {
    const { open, path } = asking([promptOf(0, 40), promptOf(1, 40), promptOf(2, 0)], 3)
    expect(open).toHaveLength(1)
    expect(path.bottleneck()).toEqual({ kind: 'attachments' })

    open[0]?.answer()
    await settle()
    await settle()

    expect(open.map(({ prompt: asked }) => asked.row.index)).toEqual([1, 2])
    expect(path.bottleneck()).toBeUndefined()
  })

  it('goes to a row that waits for its next attempt before a new row that would fit', async () => {
    const small = [1, 2, 3].map(index => promptOf(index, 1))
    const { open, clock, begun, serve } = asking([promptOf(0, 60), ...small], 2)
    open[0]?.fail(fault('SERVER_FAILED', 'attempt'))
    await settle()
    expect(begun).toEqual([0, 1, 2])
    await clock.advance(60_000)

    open[0]?.answer()
    await settle()
    await settle()
    // As when another group of rows is read.
    serve()
    expect(begun).toEqual([0, 1, 2])
    open[0]?.answer()
    await settle()
    await settle()

    expect(begun).toEqual([0, 1, 2, 0])
  })

  it('is given back by rows that a stop ends before their call', async () => {
    const { path, stop, outcomes } = asking([promptOf(0, 40), promptOf(1, 40)], 2)

    stop.request(fault('RUN_STOPPED', 'run'))
    path.breakOff(new Error('enough'))
    await settle()

    expect(outcomes).toEqual([])
    expect(path.callsInFlight()).toBe(0)
  })
})
