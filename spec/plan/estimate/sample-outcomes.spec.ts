import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sampleOutcomes } from '../../../lib/plan/estimate/sample-outcomes.js'
import type { Outcome } from '../../../lib/row/outcome.js'
import { answer, answered, failed, row } from '../../support/rows.js'

async function usageOf(...outcomes: Outcome[]) {
  const { reader, usage } = sampleOutcomes(({ text }) => text.length)
  await pipeline(Readable.from(outcomes), reader)
  return usage()
}

const counted = 'question 0'.length

describe('sampleOutcomes', () => {
  it('adds up what answers used', async () => {
    const outcomes = [answered(0), answered(1)].map(one => ({ ...one, costUsd: 0.25 }))
    expect(await usageOf(...outcomes)).toEqual({
      ...{ answered: 2, failed: 0, inputTokens: 6, outputTokens: 2, costUsd: 0.5 },
      ...{ outputs: [1, 1], durationsMs: [5, 5] },
      prompts: [
        { counted, billed: 3 },
        { counted, billed: 3 },
      ],
    })
  })

  it('knows no cost if that of an answer is unknown; a row without one cost nothing', async () => {
    const known = { ...answered(0), costUsd: 0.25 }
    expect(await usageOf(known, failed(1))).toMatchObject({ failed: 1, costUsd: 0.25 })
    expect((await usageOf(known, answered(1))).costUsd).toBeUndefined()
    const cut = { ...failed(1), answer: answer('', { finishReason: 'length' }) }
    expect((await usageOf(known, cut)).costUsd).toBeUndefined()
  })

  it('concludes nothing from a count that the provider does not give', async () => {
    const one = { ...answered(0), answer: answer('yes', { usage: {} }) }
    expect(await usageOf(one)).toMatchObject({
      ...{ answered: 1, inputTokens: 0, outputTokens: 0 },
      ...{ outputs: [], durationsMs: [5], prompts: [] },
    })
  })

  it('takes all rounds of tools for one row, which is typical of the rows', async () => {
    const rounds = [{ answer: answer('', { durationMs: 20 }), results: [] }]
    const usage = { inputTokens: 30, outputTokens: 9 }
    expect(await usageOf({ ...answered(0), rounds, usage })).toMatchObject({
      ...{ inputTokens: 30, outputTokens: 9, outputs: [9], durationsMs: [25] },
      prompts: [{ counted, billed: 30 }],
    })
  })

  it('learns no size of prompts from a row that was asked twice', async () => {
    const usage = { inputTokens: 30, outputTokens: 9 }
    const { inputTokens, outputs, prompts } = await usageOf({ ...answered(0), usage })
    expect({ inputTokens, outputs, prompts }).toEqual({
      ...{ inputTokens: 30, outputs: [9], prompts: [] },
    })
  })

  it('takes no usage of reused answers, and leaves out rows that were not asked', async () => {
    const reused = { ...answered(0), reused: 'equal', costUsd: 0 } as const
    const skipped = { kind: 'skipped', row: row(1), costUsd: 7 } as const
    expect(await usageOf(reused, skipped)).toEqual({
      ...{ answered: 1, failed: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
      ...{ outputs: [], durationsMs: [], prompts: [] },
    })
  })
})
