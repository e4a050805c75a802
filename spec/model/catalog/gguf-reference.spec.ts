import { resolve } from 'node:path'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'

const ggufModels = [
  { name: 'qwen', path: '/m/qwen.gguf', aliases: ['q', 'both'], contextTokens: 2048 },
  { name: 'both', path: '/m/both.gguf', aliases: [] },
  { name: 'SmolLM2-135M-Instruct.Q4_1', path: '/m/SmolLM2-135M-Instruct.Q4_1.gguf', aliases: [] },
]
const find = (name: string, aliases: Record<string, string> = {}) =>
  resolveModel(name, { aliases: new Map(Object.entries(aliases)), extraModels: [], ggufModels })

describe('the name of a GGUF file', () => {
  it('is gguf: and a path, which becomes absolute so that the name means the same everywhere', () => {
    expect(find('gguf:/m/any.gguf')).toMatchObject({
      id: 'gguf:/m/any.gguf',
      apiName: '/m/any.gguf',
      wire: 'gguf',
    })
    expect(find('gguf:/m/any.gguf').keyNeed).toBeUndefined()
    expect(find('gguf:./any.gguf').id).toBe(`gguf:${resolve('any.gguf')}`)
  })

  it.each([
    ['gguf/qwen', 'gguf/qwen'],
    ['qwen', 'gguf/qwen'],
    ['q', 'gguf/qwen'],
    ['gguf/both', 'gguf/both'],
    ['both', 'gguf/qwen'],
    ['smollm2', 'gguf/smollm2'],
    ['gguf/smollm2', 'gguf/smollm2'],
    ['gguf/SmolLM2-135M-Instruct.Q4_1', 'gguf/SmolLM2-135M-Instruct.Q4_1'],
  ])('%s means %s', (name, id) => {
    expect(find(name).id).toBe(id)
  })

  it('may be the user’s alias', () => {
    expect(find('mine', { mine: 'gguf/qwen' })).toMatchObject({
      name: 'mine',
      apiName: '/m/qwen.gguf',
      contextTokens: 2048,
    })
  })

  it('never hides a listed model', () => {
    const hidden = { name: 'gpt-4o', path: '/m/a.gguf', aliases: ['gpt-4o-mini'] }
    const options = { aliases: new Map(), extraModels: [], ggufModels: [hidden] }

    expect(resolveModel('gpt-4o', options).wire).toBe('openai-chat')
    expect(resolveModel('gpt-4o-mini', options).wire).toBe('openai-chat')
    expect(resolveModel('gguf/gpt-4o', options).wire).toBe('gguf')
  })

  it('still works as the name of the file after the file has got another name', () => {
    const named = { name: 'smollm2', path: '/m/SmolLM2-135M-Instruct.Q4_1.gguf', aliases: [] }
    const options = { aliases: new Map(), extraModels: [], ggufModels: [named] }

    expect(resolveModel('gguf/SmolLM2-135M-Instruct.Q4_1', options)).toMatchObject({
      id: 'gguf/SmolLM2-135M-Instruct.Q4_1',
      apiName: named.path,
    })
    expect(resolveModel('smollm2', options).id).toBe('gguf/smollm2')
  })

  it('says how to download a model that is not there', () => {
    const none = { aliases: new Map(), extraModels: [], ggufModels: [] }

    expect(() => resolveModel('smollm2', none)).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNKNOWN',
        remedy: expect.stringContaining('Get it with `llm models pull smollm2` (98 MB).'),
      }),
    )
  })
})
