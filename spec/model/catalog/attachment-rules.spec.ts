import {
  attachmentRules,
  checkTakesAttachments,
  isOfType,
} from '../../../lib/model/catalog/attachment-rules.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import type { ExtraModel } from '../../../lib/port/model-names.js'

const entry = { aliases: [], headers: {}, completion: false, responses: false, reasoning: false }
const extraModels: readonly ExtraModel[] = [
  { ...entry, model_id: 'own', model_name: 'own', api_base: 'http://gpu:8000/v1', vision: true },
  { ...entry, model_id: 'own-ear', model_name: 'own', api_base: 'http://gpu:8000/v1', audio: true },
  { ...entry, model_id: 'own-blind', model_name: 'own', api_base: 'http://gpu:8000/v1' },
]
const names = {
  ...{ aliases: new Map(), extraModels },
  ggufModels: [{ name: 'small', path: '/small.gguf', aliases: [] }],
}
const rulesOf = (model: string) => attachmentRules(resolveModel(model, names))
const takes = (model: string, type: string) =>
  rulesOf(model).types.some(known => isOfType(type, known))

describe('attachmentRules', () => {
  it.each([
    ...['gpt-4o', 'gpt-4.1-nano', 'gpt-5', 'o3', 'openai/gpt-9', 'claude-haiku', 'own'],
    ...['gemini-2.5-flash', 'openrouter/acme/seer', 'ollama/llava', 'echo'],
  ])('%s takes images and PDFs', model => {
    expect(takes(model, 'image/png')).toBe(true)
    expect(takes(model, 'application/pdf')).toBe(true)
    expect(takes(model, 'application/zip')).toBe(model === 'echo')
  })

  it.each(['openai/gpt-4o-audio-preview', 'gemini-2.5-flash', 'groq/whisper-chat', 'own-ear'])(
    '%s takes sounds',
    model => {
      expect(takes(model, 'audio/wav')).toBe(true)
      expect(takes(model, 'audio/mpeg')).toBe(true)
    },
  )

  it.each([
    ['claude-haiku', 'audio/wav', false],
    ['claude-haiku', 'text/csv', true],
    ['gemini-2.5-flash', 'text/plain', true],
    ['gemini-2.5-flash', 'video/mp4', true],
    ['gpt-4o', 'audio/wav', false],
    ['gpt-4o', 'text/plain', false],
    ['gpt-5', 'image/heic', false],
    ['own', 'audio/wav', false],
    ['own-ear', 'image/png', false],
  ])('%s and %s: %s', (model, type, isTaken) => {
    expect(takes(model, type)).toBe(isTaken)
  })

  it.each([
    ['gpt-3.5-turbo', 'gpt-3.5-turbo reads text only'],
    ['gpt-4', 'gpt-4 reads text only'],
    ['gpt-4-turbo', 'gpt-4-turbo reads text only'],
    ['o3-mini', 'o3-mini reads text only'],
    ['gpt-3.5-turbo-instruct', 'the old completions endpoint takes text only'],
    ['small', 'models in GGUF files get text only here'],
    ['own-blind', 'its entry in extra-openai-models.yaml has no "vision: true" or "audio: true"'],
  ])('%s takes none, and says why', (model, refusal) => {
    const reference = resolveModel(model, names)

    expect(attachmentRules(reference)).toMatchObject({ types: [], refusal })
    expect(() => checkTakesAttachments(reference)).toThrow(
      `${reference.id} takes no attachments: ${refusal}`,
    )
  })

  it.each([
    ['gpt-4o', ['image/png']],
    ['gpt-5', ['image/png']],
    ['openrouter/acme/seer', ['image/png']],
    ['claude-haiku', ['image/png', 'application/pdf']],
    ['gemini-2.5-flash', []],
    ['ollama/llava', []],
    ['own', []],
  ])('%s fetches URLs of %j by itself', (model, sent) => {
    const { isUrlSent } = rulesOf(model)

    const types = ['image/png', 'application/pdf', 'audio/wav', 'text/plain']
    expect(types.filter(isUrlSent)).toEqual(sent)
  })
})
