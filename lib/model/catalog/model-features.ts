import type { ExtraModel } from '../../port/model-names.js'
import { attachmentTypesOf } from './attachment-rules.js'
import { extraModelTypes } from './extra-model-reference.js'
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
        : { ...able, attachmentTypes: sorted(attachmentTypesOf({ id, wire })) }
    case 'openai-responses':
      return {
        ...able,
        canStream: !/^o1(?:-|$)/.test(id),
        attachmentTypes: sorted(attachmentTypesOf({ id, wire })),
        serverSideTools: openaiTools,
      }
    case 'openai-completion':
      return { ...plain, supportsAsync: false }
    case 'anthropic':
    case 'google':
      return { ...able, attachmentTypes: sorted(attachmentTypesOf({ id, wire })) }
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
    attachmentTypes: sorted(extraModelTypes(model)),
    serverSideTools: wire === 'openai-responses' ? openaiTools : [],
  }
}

function sorted(types: readonly string[]): readonly string[] {
  return [...types].sort()
}
