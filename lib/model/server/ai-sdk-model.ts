import type { LanguageModelV3 } from '@ai-sdk/provider'
import type { SdkWire } from '../catalog/model-reference.js'
import type { Fetch } from './transport-fetch.js'

/**
 * The AI SDK's model for a wire, imported on first use (100 ms each).
 *
 * Its model classes are used without their provider objects, which put the key into every request
 * and build new headers each time, at a fifth of the call's cost. Here only the transport has
 * headers and key.
 */
export async function makeAiSdkModel(
  wire: SdkWire,
  apiName: string,
  baseURL: string,
  fetch: Fetch,
): Promise<LanguageModelV3> {
  const headers = (): Record<string, string> => ({})
  const url = ({ path }: { readonly path: string }): string => `${baseURL}${path}`
  switch (wire) {
    case 'openai-responses': {
      const { OpenAIResponsesLanguageModel: Model } = await import('@ai-sdk/openai/internal')
      return new Model(apiName, { provider: 'openai.responses', url, headers, fetch })
    }
    case 'anthropic': {
      const { AnthropicMessagesLanguageModel: Model } = await import('@ai-sdk/anthropic/internal')
      return new Model(apiName, { provider: 'anthropic.messages', baseURL, headers, fetch })
    }
    case 'google': {
      const { GoogleGenerativeAILanguageModel: Model } = await import('@ai-sdk/google/internal')
      const generateId = (): string => 'unused'
      const provider = 'google.generative-ai'
      return new Model(apiName, { provider, baseURL, headers, fetch, generateId })
    }
  }
}
