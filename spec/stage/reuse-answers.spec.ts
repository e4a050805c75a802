import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { ReusedAnswer } from '../../lib/port/batch-store.js'
import type { Outcome, PromptOrOutcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { equalPrompts } from '../../lib/stage/equal-prompts.js'
import { latestAnswers } from '../../lib/stage/latest-answers.js'
import { mapRows } from '../../lib/stage/map-rows.js'
import { reuseAnswers } from '../../lib/stage/reuse-answers.js'
import { collectGroups } from '../support/collect.js'
import { answeredOf, promptsOf } from '../support/equal-rows.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf } from '../support/pass-groups.js'
import { failed, fault, prompt, range } from '../support/rows.js'

const cachedA = async (prompts: readonly Prompt[]): Promise<(ReusedAnswer | undefined)[]> =>
  prompts.map(({ text }) => (text === 'a' ? { text: 'kept', from: 'cached' } : undefined))

describe('reuseAnswers', () => {
  it('gives answers that are found as outcomes that were not asked, and other prompts on', async () => {
    const out = await collectGroups<PromptOrOutcome>(
      [promptsOf('a b a')],
      reuseAnswers({ find: cachedA }),
    )

    expect(out.flat().map(one => (one.kind === 'prompt' ? one.text : one.kind))).toEqual([
      ...['answered', 'b', 'answered'],
    ])
    expect(out[0]?.[0]).toMatchObject({
      ...{ answer: { text: 'kept', usage: {} }, attempts: 0, costUsd: 0, reused: 'cached' },
    })
  })

  it('passes outcomes of its input through untouched, and looks nothing up for them', async () => {
    const bad = failed(0, 'RECORD_INVALID')
    const asked: number[] = []
    const find = (prompts: readonly Prompt[]) => {
      asked.push(prompts.length)
      return cachedA(prompts)
    }

    const out = await collectGroups<PromptOrOutcome>(
      [[bad], [bad, ...promptsOf('b')]],
      reuseAnswers({ find }),
    )

    expect(out.flat()[0]).toBe(bad)
    expect(asked).toEqual([1])
  })

  it('looks up the prompts that a look-up left out', async () => {
    const find = (prompts: readonly Prompt[]) => cachedA(prompts.slice(0, 2))

    const out = await collectGroups<PromptOrOutcome>(
      [promptsOf('a b a a b')],
      reuseAnswers({ find }),
    )

    expect(out.map(group => group.length)).toEqual([2, 2, 1])
  })

  it('asks each prompt once, whatever the groups, with answers in memory alone', async () => {
    const words = range(300).map(index => `word ${(index * 7) % 20}`)
    const all = words.map(
      (word, index) =>
        promptsOf(word.replace(' ', '-')).map(one => ({
          ...one,
          row: prompt(index).row,
        }))[0] as Prompt,
    )
    const equals = equalPrompts()
    const latest = latestAnswers()
    let calls = 0

    const out = await collectGroups<Outcome>(
      inGroupsOf(7, all),
      reuseAnswers({ find: latest.find, equals }),
      mapRows<PromptOrOutcome, Outcome>(async one => {
        if (one.kind !== 'prompt') return one
        calls += 1
        await settle()
        return answeredOf(one)
      }),
      mapRows<Outcome, Outcome>(outcome => {
        latest.take([outcome])
        equals.ended([outcome])
        return outcome
      }),
    )

    expect(calls).toBe(20)
    expect(
      out
        .flat()
        .map(({ row }) => row.index)
        .sort((a, b) => a - b),
    ).toEqual(range(300))
    for (const outcome of out.flat()) {
      if (outcome.kind === 'answered') {
        expect(outcome.answer.text).toBe(`answer to ${outcome.prompt.text}`)
      } else expect(outcome.kind).toBe('answered')
    }
  })

  it('reads no more while too many rows wait, and goes on when they are released', async () => {
    const equals = equalPrompts({ waitingRows: 8 })
    const latest = latestAnswers()
    const same = range(400).map(index => ({ ...promptsOf('same')[0], row: prompt(index).row }))
    const { source, count } = countedSource(inGroupsOf(4, same as Prompt[]))
    const stage = source.pipe(reuseAnswers({ find: latest.find, equals }))
    const out: PromptOrOutcome[] = []
    stage.on('data', group => out.push(...group))
    for (const _turn of range(60)) await settle()
    expect(out).toHaveLength(1)
    expect(count.given).toBeLessThanOrEqual(6)

    const outcome = answeredOf(out[0] as Prompt)
    latest.take([outcome])
    equals.ended([outcome])
    await new Promise(resolve => stage.on('end', resolve))

    expect(out).toHaveLength(400)
  })

  it('is destroyed when the look-up fails', async () => {
    const find = () => Promise.reject(new Error('gone'))

    await expect(
      collectGroups([promptsOf('a')], reuseAnswers({ find, stop: createStopSwitch() })),
    ).rejects.toThrow('gone')
  })

  it('requests a stop when the record fails, and lets the prompts go on', async () => {
    const stop = createStopSwitch()
    let looks = 0
    const find = () => {
      looks += 1
      return Promise.reject(fault('DATABASE_UNUSABLE', 'run'))
    }

    const out = await collectGroups<PromptOrOutcome>(
      [promptsOf('a b'), promptsOf('c')],
      reuseAnswers({ find, stop }),
    )

    expect(stop.reason()?.code).toBe('DATABASE_UNUSABLE')
    expect(out.flat()).toHaveLength(3)
    expect(looks).toBe(1)
  })

  it('looks nothing up that nobody reads', async () => {
    let looks = 0
    const find = (prompts: readonly Prompt[]) => {
      looks += 1
      return cachedA(prompts.slice(0, 1))
    }
    const { source } = countedSource([promptsOf('a a a a a a a a')])
    const stage = source.pipe(reuseAnswers({ find }))
    stage.read()
    for (const _turn of range(60)) await settle()

    // One in the buffer of Node, and one that waits.
    expect(looks).toBeLessThanOrEqual(2)
    expect((await stage.toArray()).flat().length).toBeGreaterThan(5)
  })

  it('gives no group for an empty input', async () => {
    expect(await collectGroups([], reuseAnswers({ find: cachedA }))).toEqual([])
  })
})

describe('latestAnswers', () => {
  it('forgets the oldest answers beyond its bound', async () => {
    const latest = latestAnswers({ mostCharacters: 2 * (64 + 10) })
    const asked = promptsOf('a b c')
    for (const one of asked) latest.take([answeredOf(one, 'x'.repeat(10))])

    expect(await latest.find(asked)).toEqual([
      undefined,
      ...range(2).map(() => ({ text: 'x'.repeat(10), from: 'equal' })),
    ])
  })
})
