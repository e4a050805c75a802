import type { LanguageModelV3, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { BatchError } from '../../error/batch-error.js'
import type { ModelClient } from '../../port/model-client.js'
import type { Answer } from '../../row/answer.js'
import { oncePerForm, type RequestForm } from '../../row/once-per-form.js'
import { conversationOf, type Prompt } from '../../row/prompt.js'
import type { ReplyHeaders } from '../../throttle/parse-rate-limits.js'
import type { SdkWire } from '../catalog/model-reference.js'
import { type CallShape, callShape } from './call-shape.js'
import { readAnswer } from './read-answer.js'
import type { Said } from './read-reply.js'
import { sdkMessages } from './sdk-messages.js'
import type { ServerClientOptions } from './server-client-options.js'
import { type Fetch, transportFetch } from './transport-fetch.js'

interface PreparedCall {
  readonly model: LanguageModelV3
  readonly settings: CallShape['settings']
}

/**
 * A client that asks through the AI SDK's `doGenerate`: one attempt, over our transport, with our
 * errors.
 */
export async function createAiSdkClient(
  options: ServerClientOptions<SdkWire>,
): Promise<ModelClient> {
  const { reference, headers, endpoint, transport, clock } = options
  const { wire, apiName } = reference
  const prepared = oncePerForm(prepare)
  // The SDK is imported before the first row.
  await prepare({ options: {} })

  const { heed, close } = transport
  return { id: reference.id, provider: endpoint.provider, ask, heed, close }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    const { model, settings } = await prepared(prompt)
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const read = (body: unknown, received: ReplyHeaders = {}, said?: Said): Answer => {
      const durationMs = clock.monotonicMs() - beganMs
      return readAnswer({ wire, body, headers: received, said, startedAtMs, durationMs }, endpoint)
    }
    try {
      const messages = sdkMessages(conversationOf(prompt))
      const call = { ...settings, prompt: messages, abortSignal: signal }
      const result = await model.doGenerate(call)
      return read(result.response?.body, result.response?.headers, saidIn(result))
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (BatchError.isInstance(error)) throw error
      // The SDK often refuses a good reply because of an unneeded member. Then our own reader takes
      // its text.
      const refused = error as { responseBody?: unknown; responseHeaders?: ReplyHeaders }
      return read(refused.responseBody, refused.responseHeaders)
    }
  }

  async function prepare({ options, schema }: RequestForm): Promise<PreparedCall> {
    const all = { ...reference.defaultOptions, ...options }
    const { settings, fields } = callShape(wire, { options: all, schema })
    const fetch = transportFetch({ transport, headers, fields, endpoint, clock })
    const model = await makeAiSdkModel(wire, apiName, endpoint.baseUrl, fetch)
    return { model, settings }
  }
}

/**
 * The AI SDK's model for a wire, imported on first use (100 ms each).
 *
 * Its model classes are used without their provider objects, which put the key into every request
 * and build new headers each time, at a fifth of the call's cost. Here only the transport has
 * headers and key.
 */
async function makeAiSdkModel(
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

function saidIn({ content, finishReason }: LanguageModelV3GenerateResult): Said {
  let text = ''
  let reasoning = ''
  for (const part of content) {
    if (part.type === 'text') text += part.text
    if (part.type === 'reasoning') reasoning += part.text
  }
  return { text, reasoning, finishReason: finishReason.unified }
}
