import type { LanguageModelV3 } from '@ai-sdk/provider'
import type { ModelClient } from '../../port/model-client.js'
import type { Answer } from '../../row/answer.js'
import { oncePerForm, type RequestForm } from '../../row/once-per-form.js'
import { conversationOf, type Prompt } from '../../row/prompt.js'
import type { SdkWire } from '../catalog/model-reference.js'
import type { TransportReply } from '../transport/exchange.js'
import { type CallShape, callShape } from './call-shape.js'
import { readAnswer } from './read-answer.js'
import { sdkMessages } from './sdk-messages.js'
import type { ServerClientOptions } from './server-client-options.js'
import { type Fetch, ReceivedReply, transportFetch } from './transport-fetch.js'

interface PreparedCall {
  readonly model: LanguageModelV3
  readonly settings: CallShape['settings']
}

/**
 * A client whose requests the AI SDK writes, each for one attempt. The replies come over our
 * transport to our own reader.
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
    const call = await prepared(prompt)
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const reply = await replyTo(prompt, call, signal)
    const durationMs = clock.monotonicMs() - beganMs
    return readAnswer({ wire, reply, prompt, startedAtMs, durationMs }, endpoint)
  }

  async function prepare({ options, schema }: RequestForm): Promise<PreparedCall> {
    const all = { ...reference.defaultOptions, ...options }
    const { settings, fields } = callShape(wire, { options: all, schema })
    const fetch = transportFetch({ transport, headers, fields, endpoint })
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

/** Sends the request that the SDK makes of a prompt. */
async function replyTo(
  prompt: Prompt,
  { model, settings }: PreparedCall,
  signal: AbortSignal,
): Promise<TransportReply> {
  try {
    const messages = sdkMessages(conversationOf(prompt))
    await model.doGenerate({ ...settings, prompt: messages, abortSignal: signal })
  } catch (error) {
    if (error instanceof ReceivedReply) return error.reply
    throw signal.aborted ? signal.reason : error
  }
  throw new TypeError('the AI SDK answered without its fetch')
}
