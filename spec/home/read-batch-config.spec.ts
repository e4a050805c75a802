import { emptyBatchConfig } from '../../lib/config/batch-config.js'
import { openHome } from '../../lib/home/open-home.js'
import { readBatchConfig } from '../../lib/home/read-batch-config.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let home: Workdir
beforeEach(async () => {
  home = await makeWorkdir()
})
afterEach(() => home.remove())

const read = (environment = {}) =>
  readBatchConfig(openHome({ environment, platform: 'linux', homeDirectory: home.path }))

describe('readBatchConfig', () => {
  it('refuses a named file that is not there', async () => {
    await expect(read({ LLM_BATCH_CONFIG: '/none.yaml' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Config file not found: /none.yaml',
    })
  })

  it('names the file of a fault', async () => {
    const path = await home.write('.llm/batch-config.yaml', 'defualts: {}')
    await expect(read()).rejects.toThrow(`${path}, line 1: unknown key "defualts".`)
  })

  it('says nothing when there is no file', async () => {
    expect(await read()).toEqual(emptyBatchConfig)
  })

  it('reads ~/.llm/batch-config.yaml, or in its place the file that is named', async () => {
    await home.write('.llm/batch-config.yaml', 'defaults: { concurrency: 2 }')
    const other = await home.write('other.yaml', 'defaults: { concurrency: 9 }')
    expect((await read({ LLM_BATCH_CONFIG: '' })).defaults.concurrency).toBe(2)
    expect((await read({ LLM_BATCH_CONFIG: other })).defaults.concurrency).toBe(9)
  })
})
