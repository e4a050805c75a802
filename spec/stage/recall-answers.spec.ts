import { Readable } from 'node:stream'
import type { PromptRecord } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { recallAnswers } from '../../lib/stage/recall-answers.js'
import { collect } from '../support/collect.js'
import { settle } from '../support/fake-clock.js'
import { failed, prompt, range } from '../support/rows.js'

const prompts = (count: number) => range(count).map(index => prompt(index))
const evenOnes = async (asked: readonly Prompt[]) =>
  asked.map(({ row }) =>
    row.index % 2 === 0 ? { text: `recorded ${row.index}`, attempts: 2 } : undefined,
  )

describe('recallAnswers', () => {
  it('gives recorded answers as outcomes, and other prompts on, in their order', async () => {
    const out = await collect<PromptRecord>(prompts(1_000), recallAnswers({ recall: evenOnes }))

    expect(out).toHaveLength(1_000)
    for (const [index, record] of out.entries()) {
      if (index % 2 === 1) expect(record).toEqual(prompt(index))
      else {
        expect(record).toMatchObject({
          kind: 'answered',
          row: { index },
          answer: { text: `recorded ${index}` },
          attempts: 2,
          isRecalled: true,
        })
      }
    }
  })

  it('passes outcomes that come in through untouched, in their place', async () => {
    const bad = failed(1, 'RECORD_INVALID')

    const out = await collect<PromptRecord>(
      [prompt(0), bad, prompt(2)],
      recallAnswers({ recall: evenOnes }),
    )

    expect(out.map(({ kind }) => kind)).toEqual(['answered', 'failed', 'answered'])
    expect(out[1]).toBe(bad)
  })

  it('gives recorded failures as outcomes too, of prompts without an answer, when asked for them', async () => {
    const recallFailures = async (asked: readonly Prompt[]) =>
      asked.map(({ row }) =>
        row.index === 3 ? { code: 'ANSWER_EMPTY', message: 'Nothing.', attempts: 2 } : undefined,
      )

    const out = await collect<PromptRecord>(
      prompts(5),
      recallAnswers({ recall: evenOnes, recallFailures }),
    )

    expect(out.map(({ kind }) => kind)).toEqual([
      'answered',
      'prompt',
      'answered',
      'failed',
      'answered',
    ])
    expect(out[3]).toMatchObject({
      row: { index: 3 },
      error: { code: 'ANSWER_EMPTY', message: 'Nothing.', reach: 'row' },
      attempts: 2,
      isRecalled: true,
    })
  })

  it('looks a prompt up at once when the input is slow, and many together when it is fast', async () => {
    const groups: number[] = []
    const recall = async (asked: readonly Prompt[]) => {
      groups.push(asked.length)
      await settle()
      return asked.map(() => undefined)
    }
    const slow = recallAnswers({ recall })
    slow.write(prompt(0))
    await settle()
    expect(groups).toEqual([1])
    slow.destroy()

    groups.length = 0
    await collect(prompts(3_000), recallAnswers({ recall }))
    expect(Math.max(...groups)).toBe(512)
  })

  it('holds no more than two groups when nobody reads, and goes on when somebody does', async () => {
    let given = 0
    const source = Readable.from(
      (function* () {
        for (const one of prompts(3_000)) {
          given += 1
          yield one
        }
      })(),
    )
    const stage = recallAnswers({ recall: evenOnes, groupRows: 32 })
    source.pipe(stage)
    for (let turn = 0; turn < 60; turn += 1) await settle()

    expect(given).toBeLessThan(160)
    expect(await stage.toArray()).toHaveLength(3_000)
  })

  it('is destroyed when the look-up fails', async () => {
    const recall = () => Promise.reject(new Error('gone'))

    await expect(collect(prompts(3), recallAnswers({ recall }))).rejects.toThrow('gone')
  })
})
