import { callPath, getModel, invokeModel, type Outcome } from '../../lib/index.js'
import { collect } from '../support/collect.js'
import { makePrompt } from '../support/make-prompt.js'
import { answer } from '../support/rows.js'
import { useBatch } from '../support/use-batch.js'

describe('callPath', () => {
  const bench = useBatch()
  const outcomesOf = (calls: ReturnType<typeof callPath>) =>
    collect<Outcome>([makePrompt('one'), makePrompt('two', { index: 1 })], invokeModel({ calls }))

  it('asks a model one call at a time if it is told nothing else', async () => {
    let most = 0
    bench.script.fault = () => {
      most = Math.max(most, bench.server.inFlight())
      return undefined
    }
    bench.script.latencyMs = 30
    const calls = callPath(await getModel('gpt-4o-mini', { surroundings: bench.surroundings() }))
    const outcomes = await outcomesOf(calls)
    await calls.close()
    expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'answered'])
    expect([most, bench.server.requestCount()]).toEqual([1, 2])
  })

  it('asks whatever has `ask`, and closes it if it can be closed', async () => {
    let closed = 0
    const ask = async ({ text }: { readonly text: string }) => answer(text.toUpperCase())
    const close = async () => {
      closed += 1
    }
    for (const client of [{ ask }, { ask, close }]) {
      const calls = callPath(client)
      const outcomes = await outcomesOf(calls)
      await calls.close()
      const texts = outcomes.map(one => one.kind === 'answered' && one.answer.text)
      expect(texts).toEqual(['ONE', 'TWO'])
    }
    expect(closed).toBe(1)
  })

  it('closes a model that was never asked, and one that cannot be opened any more', async () => {
    await bench.workdir.write('llm-user/keys.json', '{"openai": "sk-spec"}')
    const { OPENAI_API_KEY: _, ...environment } = bench.surroundings().environment
    const surroundings = bench.surroundings({ environment })
    const model = await getModel('gpt-4o-mini', { surroundings })
    await callPath(model).close()

    await bench.workdir.write('llm-user/keys.json', '{}')
    const calls = callPath(model)
    expect(await outcomesOf(calls)).toMatchObject([
      { kind: 'failed', error: { code: 'KEY_MISSING' } },
      { kind: 'skipped' },
    ])
    await expect(calls.close()).resolves.toBeUndefined()
    expect(bench.server.requestCount()).toBe(0)
  })
})
