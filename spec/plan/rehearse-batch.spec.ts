import { existsSync } from 'node:fs'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { rehearseBatch } from '../../lib/plan/rehearse-batch.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('rehearseBatch', () => {
  const bench = useBatch()
  const rehearse = async (options: Partial<BatchOptions> = {}) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(5))
    const template = 'Classify: {review}'
    const given = { input, template, model: 'gpt-4o-mini', batchId: 'b', ...options }
    return rehearseBatch(given, bench.surroundings())
  }

  it.each([
    [{}, 2, 2],
    [{}, 9, 5],
    [{ limit: 1 }, 2, 1],
  ])('shows the first prompts, and asks nothing: %j, %d', async (options, count, shown) => {
    const { preview, before, close } = await rehearse(options)
    const prompts = await preview(count)
    await close()
    expect(prompts).toMatchObject(
      Array.from({ length: shown }, (_, index) => ({ text: `Classify: review number ${index}` })),
    )
    expect(before).toBeUndefined()
    expect(bench.server.requestCount()).toBe(0)
    expect(existsSync(bench.workdir.join('llm-user/logs.db'))).toBe(false)
  })

  it('refuses what the run would refuse, and changes nothing', async () => {
    const output = await bench.workdir.write('out.csv', 'mine')
    await expect(rehearse({ output })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    expect(await bench.workdir.read('out.csv')).toBe('mine')
  })

  it('uses this process if it is told of no other surroundings', async () => {
    const former = process.env.LLM_USER_PATH
    process.env.LLM_USER_PATH = bench.workdir.join('own-home')
    try {
      const input = await bench.workdir.write('in.csv', reviewsCsv(1))
      const { plan, close } = await rehearseBatch({ input, template: '{review}', model: 'echo' })
      await close()
      expect(plan.databasePath).toBe(bench.workdir.join('own-home/logs.db'))
    } finally {
      if (former === undefined) delete process.env.LLM_USER_PATH
      else process.env.LLM_USER_PATH = former
    }
  })
})
