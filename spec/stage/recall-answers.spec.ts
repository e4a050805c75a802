import type { PromptOrOutcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { recallAnswers } from '../../lib/stage/recall-answers.js'
import { collectGroups } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { countedSource, inGroupsOf } from '../support/pass-groups.js'
import { failed, prompt, range } from '../support/rows.js'

const prompts = (count: number) => range(count).map(index => prompt(index))
const usage = { inputTokens: 9, cachedInputTokens: 4, outputTokens: 3, reasoningTokens: 1 }
const recorded = (index: number) => ({
  ...{ text: `recorded ${index}`, attempts: 2 },
  ...{ usage, costUsd: 0.25, durationMs: 40 },
})
const evenOnes = async (asked: readonly Prompt[]) =>
  asked.map(({ row }) => (row.index % 2 === 0 ? recorded(row.index) : undefined))

describe('recallAnswers', () => {
  it.each([1, 7, 300])(
    'gives recorded answers as outcomes, and other prompts on, in their order, in groups of %d',
    async size => {
      const groups = await collectGroups<PromptOrOutcome>(
        inGroupsOf(size, prompts(300)),
        recallAnswers({ recall: evenOnes }),
      )

      expect(groups.map(group => group.length)).toEqual(
        inGroupsOf(size, range(300)).map(group => group.length),
      )
      for (const [index, record] of groups.flat().entries()) {
        if (index % 2 === 1) expect(record).toEqual(prompt(index))
        else {
          expect(record).toMatchObject({
            kind: 'answered',
            row: { index },
            answer: { text: `recorded ${index}`, usage, durationMs: 40 },
            attempts: 2,
            costUsd: 0.25,
            isRecalled: true,
          })
        }
      }
    },
  )

  it('passes outcomes of its input through untouched, in their place, and looks nothing up for them', async () => {
    const bad = failed(1, 'RECORD_INVALID')
    const asked: number[] = []
    const recall = (group: readonly Prompt[]) => {
      asked.push(group.length)
      return evenOnes(group)
    }

    const out = await collectGroups<PromptOrOutcome>(
      [[prompt(0), bad, prompt(2)], [bad]],
      recallAnswers({ recall }),
    )

    expect(out.flat().map(({ kind }) => kind)).toEqual(['answered', 'failed', 'answered', 'failed'])
    expect(out[0]?.[1]).toBe(bad)
    expect(asked).toEqual([2])
  })

  it('looks groups up one after the other, in the order of the input', async () => {
    let running = 0
    const recall = async (asked: readonly Prompt[]) => {
      running += 1
      expect(running).toBe(1)
      await settle()
      running -= 1
      return evenOnes(asked)
    }

    expect(await collectGroups(inGroupsOf(2, prompts(10)), recallAnswers({ recall }))).toHaveLength(
      5,
    )
  })

  it('holds no more than a few groups until somebody reads', async () => {
    const { source, count } = countedSource(inGroupsOf(32, prompts(3_200)))
    const stage = source.pipe(recallAnswers({ recall: evenOnes }))
    for (let turn = 0; turn < 60; turn += 1) await settle()

    expect(count.given).toBeLessThanOrEqual(5)
    expect((await stage.toArray()).flat()).toHaveLength(3_200)
  })

  it('looks up the prompts that a look-up left out, once its answers are read', async () => {
    const bad = failed(3, 'RECORD_INVALID')
    const asked: number[] = []
    const recall = async (group: readonly Prompt[]) => {
      asked.push(group.length)
      return evenOnes(group.slice(0, 2))
    }

    const out = await collectGroups<PromptOrOutcome>(
      [[prompt(0), prompt(1), prompt(2), bad, prompt(4), prompt(5)], [prompt(6)]],
      recallAnswers({ recall }),
    )

    expect(out.map(group => group.map(({ kind }) => kind))).toEqual([
      ['answered', 'prompt'],
      ['answered', 'failed', 'answered'],
      ['prompt'],
      ['answered'],
    ])
    expect(asked).toEqual([5, 3, 1, 1])
  })

  it('gives no group for an empty input', async () => {
    expect(await collectGroups([], recallAnswers({ recall: evenOnes }))).toEqual([])
  })

  it('is destroyed when the look-up fails', async () => {
    const recall = () => Promise.reject(new Error('gone'))

    await expect(collectGroups([prompts(3)], recallAnswers({ recall }))).rejects.toThrow('gone')
  })
})
