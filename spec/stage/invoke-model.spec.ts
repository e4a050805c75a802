import { Readable } from 'node:stream'
import type { Outcome } from '../../lib/row/outcome.js'
import { createWindow } from '../../lib/stage/window.js'
import { collect, collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf, slowly } from '../support/pass-groups.js'
import { answer, failed, fault, prompt, range } from '../support/rows.js'
import { answeringClient, clientKinds, scriptedClient } from '../support/scripted-client.js'
import { indices, inOrder, invoking, prompts } from './invoking.js'

describe.each(clientKinds)('invokeModel of a client with `%s`', kind => {
  it.each([1, 3, 50])('gives an outcome for each prompt of groups of %d', async size => {
    const { stage } = invoking(answeringClient(kind))

    const out = await collectGroups<Outcome>(inGroupsOf(size, prompts(50)), stage)

    expect(inOrder(out.flat())).toEqual(range(50))
  })

  it('gives no outcome for an empty input', async () => {
    expect(await collectGroups([], invoking(answeringClient(kind)).stage)).toEqual([])
  })

  it('gives outcomes in the order in which they end, those of one turn together', async () => {
    const { stage, open } = invoking(scriptedClient(kind))
    const out = collectGroups<Outcome>([prompts(4)], stage)
    await settle()
    open[2]?.answer()
    await settle()
    for (const call of [...open].reverse()) call.answer()

    expect((await out).map(indices)).toEqual([[2], [3, 1, 0]])
  })

  it('asks at most the allowed number of prompts at once, in input order', async () => {
    const { stage, open, begun } = invoking(scriptedClient(kind), { concurrency: 2 })
    const out = collectGroups<Outcome>([prompts(5)], stage)
    await settle()
    while (open.length > 0) {
      expect(open.length).toBeLessThanOrEqual(2)
      open[0]?.answer()
      await settle()
    }

    await out
    expect(begun).toEqual(range(5))
  })

  it('passes outcomes of its input through untouched, also outcomes with attempts', async () => {
    const early = range(20).map(index => failed(index))
    const { stage, open, begun } = invoking(scriptedClient(kind), { concurrency: 1 })
    const out = collectGroups<Outcome>([early, prompts(3)], stage)
    await settle()
    expect(open).toHaveLength(1)
    while (open.length > 0) {
      expect(open).toHaveLength(1)
      open[0]?.answer()
      await settle()
    }

    expect((await out)[0]).toEqual(early)
    expect(begun).toEqual(range(3))
  })

  it('says each outcome as it ends', async () => {
    const seen: Outcome[] = []
    const { stage } = invoking(answeringClient(kind), { onOutcome: one => seen.push(one) })

    const out = await collect<Outcome>([prompt(0), failed(1)], stage)

    expect(seen).toHaveLength(2)
    expect(seen).toEqual(expect.arrayContaining(out))
  })

  it.each([1, 4, 100])(
    'takes no more than its window of %d and a few groups while nobody reads, and goes on',
    async windowRows => {
      const { stage, begun } = invoking(answeringClient(kind), { windowRows })
      const { source, count } = countedSource(inGroupsOf(3, prompts(300)))
      source.pipe(stage)
      for (let turn = 0; turn < 40; turn += 1) await settle()
      expect(begun.length).toBeLessThanOrEqual(windowRows + 9)
      expect(count.given * 3).toBeLessThanOrEqual(windowRows + 15)

      expect(inOrder((await stage.pipe(slowly()).toArray()).flat())).toEqual(range(300))
    },
  )

  it('takes no more characters than its window has', async () => {
    const long = range(100).map(index => prompt(index, 'x'.repeat(100)))
    const window = createWindow({ rows: 1_000, characters: 1_000 })
    const { stage } = invoking(scriptedClient(kind), { window })
    const { source, count } = countedSource(inGroupsOf(1, long))
    source.pipe(stage)
    for (let turn = 0; turn < 20; turn += 1) await settle()

    expect(count.given).toBeLessThanOrEqual(14)
    stage.destroy()
  })

  it('holds no more than its window when the source is slower than the model', async () => {
    async function* late() {
      for (const group of inGroupsOf(2, prompts(100))) {
        await settle()
        yield group
      }
    }
    const { stage, begun } = invoking(answeringClient(kind), { windowRows: 4 })
    Readable.from(late()).pipe(stage)
    for (let turn = 0; turn < 120; turn += 1) await settle()

    expect(begun.length).toBeLessThanOrEqual(12)
    stage.destroy()
  })

  it('fails only the row when its last attempt fails', async () => {
    const { stage } = invoking(
      answeringClient(kind, ({ row }) =>
        row.index === 3 ? fault('REQUEST_REJECTED', 'row') : answer(),
      ),
    )

    const out = await collect<Outcome>(prompts(10), stage)

    expect(out.filter(one => one.kind === 'failed')).toMatchObject([{ row: { index: 3 } }])
    expect(out).toHaveLength(10)
  })
})
