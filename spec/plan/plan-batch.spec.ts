import { readdir } from 'node:fs/promises'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { systemClock } from '../../lib/host/system-clock.js'
import { planBatch } from '../../lib/plan/plan-batch.js'
import { smallFiles } from '../support/small-files.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('planBatch', () => {
  const bench = useBatch()
  const template = 'Classify: {review}'

  const planned = async (options: Partial<BatchOptions> = {}, hasReader = false) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const given = { input, template, model: 'gpt-4o-mini', ...options }
    const batch = await planBatch(given, bench.surroundings(), { hasReader })
    await batch.closing.close()
    return batch
  }

  it('decides everything before the first call, in one frozen value', async () => {
    const output = bench.workdir.join('out.jsonl')
    const { plan } = await planned({ output, concurrency: 3, rateLimit: 60, retries: 2, limit: 2 })

    expect(plan).toMatchObject({
      inputPath: bench.workdir.join('in.csv'),
      inputFormat: 'csv',
      columns: ['id', 'review'],
      outputPath: output,
      outputFormat: 'jsonl',
      databasePath: bench.workdir.join('llm-user/logs.db'),
      isLogged: true,
      modelId: 'gpt-4o-mini',
      provider: 'OpenAI',
      concurrency: 3,
      rateLimit: 60,
      retries: 2,
      limit: 2,
      warnings: [],
    })
    expect(Object.isFrozen(plan)).toBe(true)
  })

  it('asks nothing, and leaves nothing behind', async () => {
    await planned({ output: bench.workdir.join('out.csv') })

    expect(bench.server.requestCount()).toBe(0)
    expect((await readdir(bench.workdir.path)).sort()).toEqual(['in.csv'])
  })

  it('knows what the model costs, and that a gateway may charge otherwise', async () => {
    const { plan } = await planned()

    expect(plan.price.kind).toBe('priced')
    expect(plan.price.basis).toMatch(/^OpenAI's list price of gpt-4o-mini: .*; the calls go to 127/)
    expect(plan.price.costUsd({ inputTokens: 1e6, outputTokens: 1e6 })).toBe(0.75)
  })

  it('puts no key into the plan or into what is recorded', async () => {
    const { plan, batch } = await planned({ key: 'sk-secret' })

    expect(JSON.stringify({ plan, batch })).not.toContain('sk-secret')
  })

  it('renders a row as the model gets it', async () => {
    const { plan } = await planned({ system: 'Be brief' })
    const prompt = plan.render({ kind: 'row', index: 0, columns: { id: '0', review: 'Good' } })

    expect(prompt).toMatchObject({ text: 'Classify: Good', system: 'Be brief' })
  })

  it.each([
    ['a template for another table', { template: 'Classify: {text}' }, 'COLUMN_MISSING'],
    ['an unknown model', { model: 'gpt-4o-mni' }, 'MODEL_UNKNOWN'],
    ['a wrong option of the model', { options: { temperature: 'hot' } }, 'MODEL_OPTION_INVALID'],
    ['a file for new answers only', { output: 'out.csv', onlyNew: true }, 'OPTIONS_INVALID'],
    [
      'a price of an unknown model',
      { prices: { 'gpt-4o-mni': { input: 1, output: 1 } } },
      'MODEL_UNKNOWN',
    ],
    [
      'a negative price',
      { prices: { 'gpt-4o-mini': { input: -1, output: 1 } } },
      'OPTIONS_INVALID',
    ],
    ['an output of unknown format', { output: 'out.pdf' }, 'OUTPUT_FORMAT_UNKNOWN'],
    ['an input that does not exist', { input: 'none.csv' }, 'INPUT_NOT_FOUND'],
    ['a batch that is not recorded', { resume: true }, 'BATCH_UNKNOWN'],
    [
      'a fragment that does not exist',
      { template: '!fragment none {review}' },
      'FRAGMENT_NOT_FOUND',
    ],
  ])('refuses %s', async (_what, options, code) => {
    await expect(planned(options)).rejects.toMatchObject({ code, reach: 'run' })
  })

  it('refuses an output over what llm keeps', async () => {
    const output = bench.workdir.join('llm-user/keys.json')

    await expect(planned({ output, format: 'csv', overwrite: true })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    })
  })

  it('warns of a template that takes nothing from a row', async () => {
    const { plan } = await planned({ template: 'Tell a joke' })

    expect(plan.warnings).toEqual([
      'The template names no column: every row will get the same prompt.',
    ])
  })

  it('gives a reader JSON Lines in place of standard output', async () => {
    expect((await planned({ format: 'csv' }, true)).plan.outputFormat).toBe('jsonl')
    expect((await planned({ output: '/dev/stdout', format: 'csv' })).plan).toMatchObject({
      outputPath: undefined,
      outputFormat: 'csv',
    })
  })

  it.each([
    ['no limit', {}, 1],
    ['a rate', { rateLimit: 60 }, 0],
    ['a limit of tokens', { tokenLimit: 1_000 }, 0],
  ])('warns that nothing is shared only without limits: %s', async (_, limits, count) => {
    const { plan } = await planned({ shareLimits: true, ...limits })
    const warning = expect.stringContaining('--share-limits has nothing to share')
    expect(plan.warnings).toEqual(Array.from({ length: count }, () => warning))
  })

  it('records several inputs as a list, and one as a text', async () => {
    const input = [
      await bench.workdir.write('a.csv', reviewsCsv(2)),
      await bench.workdir.write('b.csv', reviewsCsv(2)),
    ]
    const { batch } = await planned({ input })
    expect(batch.config.input).toEqual(input)
    const one = await planned({ input: input.slice(0, 1) })
    expect(one.batch.config.input).toBe(input[0])
  })

  it('knows the attachments of every prompt', async () => {
    const image = await bench.workdir.write('a.png', smallFiles.png)
    const { plan } = await planned({ attachments: [image] })
    expect(plan.attachments?.shared).toMatchObject([{ type: 'image/png', path: image }])
  })

  it('has the clock of the system if its surroundings have none', async () => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(1))
    const given = { input, template, model: 'gpt-4o-mini' }
    const { clock, closing } = await planBatch(given, bench.surroundings({ clock: undefined }))
    await closing.close()
    expect(clock).toBe(systemClock)
  })
})
