import type { ExtraModel } from '../../port/model-names.js'
import type { FoundModel } from './model-reference.js'

/** What a model can do, as `llm models list --json` says. */
export interface ModelFeatures {
  readonly canStream: boolean
  readonly supportsSchema: boolean
  readonly supportsTools: boolean
  readonly supportsAsync: boolean
  readonly attachmentTypes: readonly string[]
  /** Names of tools that the provider runs. */
  readonly serverSideTools: readonly string[]
}

const images = ['image/gif', 'image/jpeg', 'image/png', 'image/webp']
const pagesAndImages = ['application/pdf', ...images]
const audio = ['audio/mpeg', 'audio/wav']
const openaiTools = ['WebSearch', 'CodeInterpreter', 'ServerSideTool']

const plain: ModelFeatures = {
  canStream: true,
  supportsSchema: false,
  supportsTools: false,
  supportsAsync: true,
  attachmentTypes: [],
  serverSideTools: [],
}

/** llm's facts about its models, and what the providers of the others say. */
export function modelFeatures({ id, wire }: Pick<FoundModel, 'id' | 'wire'>): ModelFeatures {
  const able = { ...plain, supportsSchema: true, supportsTools: true }
  switch (wire) {
    case 'openai-chat':
      return /^gpt-(?:3\.5|4$|4-turbo)/.test(id)
        ? plain
        : { ...able, attachmentTypes: pagesAndImages }
    case 'openai-responses':
      return {
        ...able,
        canStream: !/^o1(?:-|$)/.test(id),
        attachmentTypes: id === 'o3-mini' ? [] : pagesAndImages,
        serverSideTools: openaiTools,
      }
    case 'openai-completion':
      return { ...plain, supportsAsync: false }
    case 'anthropic':
      return { ...able, attachmentTypes: pagesAndImages }
    case 'google':
      return { ...able, attachmentTypes: [...pagesAndImages, ...audio].sort() }
    case 'gguf':
      return { ...plain, supportsSchema: true }
    default:
      return plain
  }
}

/** What the entry of a model in extra-openai-models.yaml says. */
export function extraModelFeatures(model: ExtraModel, wire: FoundModel['wire']): ModelFeatures {
  return {
    canStream: model.can_stream !== false,
    supportsSchema: model.supports_schema === true,
    supportsTools: model.supports_tools === true,
    supportsAsync: wire !== 'openai-completion',
    attachmentTypes: [
      ...(model.vision ? pagesAndImages : []),
      ...(model.audio ? audio : []),
    ].sort(),
    serverSideTools: wire === 'openai-responses' ? openaiTools : [],
  }
}
