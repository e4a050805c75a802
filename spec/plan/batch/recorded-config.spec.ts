import type { BatchError } from '../../../lib/error/batch-error.js'
import {
  type Asked,
  askedOf,
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

describe('askedOf', () => {
  const template = 'Classify: {review}'
  const plain = askedOf({ template })
  const attachment = { id: 'a1', type: 'image/png', loadedBytes: 3 }
  const fragment = (hash: string) => ({ hash, content: 'We sell tools.' })
  const spec = { name: 'add', description: 'Adds.', inputSchema: { type: 'object' } }

  it('takes what is not given for none', () => {
    expect(plain).toEqual({
      model: '',
      template: plain.template,
      system: plain.system,
      options: '{}',
    })
    const none = { fragments: [], systemFragments: [], params: {}, attachments: [] }
    expect(askedOf({ template, ...none, modelId: '', modelOptions: {} })).toEqual(plain)
  })

  it.each([
    ['model', { modelId: 'gpt-4o-mini' }],
    ['template', { template: 'Rate: {review}' }],
    ['template', { fragments: [fragment('f1')] }],
    ['system', { system: 'Be brief.' }],
    ['system', { systemFragments: [fragment('f1')] }],
    ['options', { modelOptions: { seed: 1 } }],
    ['schema', { schema: { type: 'object' } }],
    ['param', { params: { tone: 'dry' } }],
    ['attachment', { attachments: [attachment] }],
    ['attachment', { attachmentColumn: 'image' }],
    ['tools', { tools: [spec] }],
  ])('differs in %s alone with %j', (name, given) => {
    const asked = askedOf({ template, ...given })
    const config = recordedConfig({} as never, plain, {} as never)
    expect(changedSince(makeStoredBatch({ config }), asked)).toEqual([name])
  })

  it('does not look at the order of params, but at their values', () => {
    const param = (params: Record<string, string>) => askedOf({ template, params }).param
    const one = param({ tone: 'dry', words: '9', at: 'x' })
    expect(param({ words: '9', at: 'x', tone: 'dry' })).toBe(one)
    expect(param({ words: '9', at: 'x', tone: 'wry' })).not.toBe(one)
  })

  it('tells attachments apart by their bytes, their types and their order', () => {
    const other = { ...attachment, id: 'a2' }
    const digests = [
      [attachment],
      [other],
      [{ ...attachment, type: 'image/gif' }],
      [attachment, other],
      [other, attachment],
    ].map(attachments => askedOf({ template, attachments }).attachment)
    expect(new Set(digests).size).toBe(5)
    const again = askedOf({ template, attachments: [{ ...attachment, path: '/moved.png' }] })
    expect(again.attachment).toBe(digests[0])
  })
})

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

  it('takes params one by one too, and has none where there were none', () => {
    const { batch } = recorded({ params: { tone: 'dry', words: '9' } })
    const { params } = resumedOptions({ params: { words: '5' } } as never, batch)
    expect(params).toEqual({ tone: 'dry', words: '5' })
    expect(resumedOptions({} as never, recorded({}).batch)).not.toHaveProperty('params')
  })
})

describe('changedSince', () => {
  it('names what answers depend on and is not as it was', () => {
    const { batch } = recorded({})

    expect(changedSince(batch, asked)).toEqual([])
    const changed = changedSince(batch, { ...asked, model: 'other', options: '{"seed":1}' })
    expect(changed).toEqual(['model', 'options'])
  })

  it('names all of it for a batch that was recorded without', () => {
    const changed = changedSince(makeStoredBatch({ config: {} }), asked)
    expect(changed).toEqual(['model', 'template', 'system', 'options'])
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
