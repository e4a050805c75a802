import type { BatchOptions } from '../../../lib/config/batch-options.js'
import { openHome } from '../../../lib/home/open-home.js'
import { systemClock } from '../../../lib/host/system-clock.js'
import { findModel } from '../../../lib/plan/model/choose-model.js'
import { choosePrice } from '../../../lib/plan/model/choose-price.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const rates = { input: 10, output: 20 }

describe('choosePrice', () => {
  let workdir: Workdir

  beforeEach(async () => {
    workdir = await makeWorkdir()
  })

  afterEach(() => workdir.remove())

  async function priceOf(model: string, prices: NonNullable<BatchOptions['prices']>) {
    const environment = { LLM_USER_PATH: workdir.join('llm') }
    const home = openHome({ environment, platform: 'linux', homeDirectory: workdir.path })
    const reference = await findModel(model, home)
    return choosePrice({ prices }, { reference, modelOptions: {} }, home, systemClock)
  }

  it('refuses a price of a model that does not exist, with the nearest name', async () => {
    await expect(priceOf('echo', { 'gpt-4o-mni': rates })).rejects.toMatchObject({
      code: 'MODEL_UNKNOWN',
      reach: 'run',
      message: 'A price is stated for an unknown model: gpt-4o-mni',
      remedy: expect.stringContaining('Did you mean gpt-4o-mini'),
    })
  })

  it.each([
    ['gpt-4o-mini', '4o-mini'],
    ['4o-mini', 'gpt-4o-mini'],
    ['openai/gpt-4o-mini', 'gpt-4o-mini'],
    ['mine', 'served-name'],
    ['my-alias', 'mine'],
    ['mine', 'my-alias'],
    ['echo', 'echo'],
  ])('prices %s by what is stated for %s', async (model, name) => {
    await workdir.write('llm/aliases.json', '{"my-alias": "mine"}')
    await workdir.write(
      'llm/extra-openai-models.yaml',
      '- model_id: mine\n  model_name: served-name\n  api_base: http://gate.example/v1\n',
    )
    const price = await priceOf(model, { [name]: rates })

    expect(price.costUsd({ inputTokens: 1e6, outputTokens: 1e6 })).toBe(30)
  })

  it('takes the name that the user typed before other names of the model', async () => {
    const price = await priceOf('4o-mini', {
      'gpt-4o-mini': { input: 1, output: 1 },
      '4o-mini': rates,
    })

    expect(price.costUsd({ inputTokens: 1e6 })).toBe(10)
  })

  it('does not use the price of another model', async () => {
    expect((await priceOf('echo', { 'gpt-4o-mini': rates })).kind).toBe('free')
  })
})
