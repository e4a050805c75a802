import type { BatchError } from '../../../lib/error/batch-error.js'
import {
  type Asked,
  changedSince,
  checkUnchanged,
  isForgotten,
  recordedConfig,
  resumedOptions,
} from '../../../lib/plan/batch/recorded-config.js'
import { makeStoredBatch } from '../../cli/make-stored-batch.js'

const asked: Asked = { model: 'gpt-4o-mini', template: 'a1', system: 'b2', options: '{}' }

function recorded(options: object, decided: object = {}) {
  const config = recordedConfig(options as never, asked, decided as never)
  return { config, batch: makeStoredBatch({ config }) }
}

describe('recordedConfig', () => {
  it('keeps the options as they were meant, never a key, and not what is of one run alone', () => {
    const options = {
      model: 'mini',
      key: 'sk-secret',
      limit: 3,
      resume: true,
      batchId: 'x',
      overwrite: true,
      onlyNew: true,
      retries: 2,
    }
    const { config } = recorded(options, { model: 'gpt-4o-mini' })

    expect(config).toEqual({ model: 'gpt-4o-mini', retries: 2, asked })
  })
})

describe('resumedOptions', () => {
  it('takes what is said now before what was recorded, and the model options one by one', () => {
    const { batch } = recorded({ retries: 2, concurrency: 5, options: { temperature: 0, seed: 1 } })

    expect(
      resumedOptions({ retries: 7, concurrency: undefined, options: { seed: 2 } } as never, batch),
    ).toEqual({ retries: 7, concurrency: 5, options: { temperature: 0, seed: 2 } })
  })
})

describe('changedSince', () => {
  it('names what answers depend on and is not as it was', () => {
    const { batch } = recorded({})

    expect(changedSince(batch, asked)).toEqual([])
    const changed = changedSince(batch, { ...asked, model: 'other', options: '{"seed":1}' })
    expect(changed).toEqual(['model', 'options'])
  })
})

describe('checkUnchanged', () => {
  const remedyOf = (check: () => void) => {
    try {
      check()
    } catch (error) {
      return (error as BatchError).remedy
    }
    return undefined
  }

  it('refuses what was asked otherwise, and answers that are gone, and says what to do', () => {
    const { batch, config } = recorded({}, { log: false })

    expect(remedyOf(() => checkUnchanged(undefined, asked))).toBeUndefined()
    expect(remedyOf(() => checkUnchanged(batch, asked))).toBeUndefined()
    expect(
      remedyOf(() => checkUnchanged(batch, { ...asked, model: 'other', options: '1' })),
    ).toMatch(/Leave --model, -o unchanged/)
    const completed = makeStoredBatch({ config, status: 'completed' })
    expect(remedyOf(() => checkUnchanged(completed, asked))).toMatch(/--restart/)
  })
})

describe('isForgotten', () => {
  it('is a completed batch that was begun with --no-log', () => {
    const status = 'completed'
    expect(isForgotten({ status, config: { log: true } })).toBe(false)
    expect(isForgotten({ status, config: {} })).toBe(false)
    expect(isForgotten({ status, config: { log: false } })).toBe(true)
    expect(isForgotten({ status: 'paused', config: { log: false } })).toBe(false)
  })
})
