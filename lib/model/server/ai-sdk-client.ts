import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider'
import type { ModelClient } from '../../port/model-client.js'
import type { Answer } from '../../row/answer.js'
import { oncePerForm, type RequestForm } from '../../row/once-per-form.js'
import { askedAt, conversationOf, type Prompt, promptText } from '../../row/prompt.js'
import type { SdkWire } from '../catalog/model-reference.js'
import { callIds } from '../tool-wire/read-tool-calls.js'
import { followUpJson, splitAtRound } from '../tool-wire/write-follow-ups.js'
import type { TransportReply } from '../transport/exchange.js'
import { type CallShape, callShape } from './call-shape.js'
import { markContents } from './marked-contents.js'
import { readAnswer } from './read-answer.js'
import { isSentAsText, sdkContent } from './sdk-content.js'
import { sdkMessages } from './sdk-messages.js'
import type { ServerClientOptions } from './server-client-options.js'
import { type BodyAdditions, type Fetch, ReceivedReply, transportFetch } from './transport-fetch.js'

/** The member of a request that has the messages. */
const listNames: Readonly<Record<SdkWire, string>> = {
  'openai-responses': 'input',
  anthropic: 'messages',
  google: 'contents',
}

type AskedOfSdk = Pick<LanguageModelV3CallOptions, 'prompt' | 'abortSignal'>

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
  const newCallId = callIds(clock)
  /** What the SDK does not write. A call's own signal is all that comes through it unchanged. */
  const additions = new WeakMap<AbortSignal, BodyAdditions>()
  // The SDK is imported before the first row.
  await prepare({ options: {} })

  const { heed, close } = transport
  return { id: reference.id, provider: endpoint.provider, ask, heed, close }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    const call = await prepared(prompt)
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const reply = await replyTo(call, asked(prompt, signal), signal)
    const durationMs = clock.monotonicMs() - beganMs
    return readAnswer({ wire, reply, prompt, startedAtMs, durationMs, newCallId }, endpoint)
  }

  function asked(whole: Prompt, signal: AbortSignal): AskedOfSdk {
    const { prompt, rest } = splitAtRound(whole)
    const { attachments } = prompt
    const messages = sdkMessages(conversationOf(prompt))
    if (attachments === undefined && rest.length === 0) {
      return { prompt: messages, abortSignal: signal }
    }
    const abortSignal = AbortSignal.any([signal])
    const followUps = followUpJson(wire, rest)
    if (attachments === undefined) {
      additions.set(abortSignal, { contents: [], followUps })
      return { prompt: messages, abortSignal }
    }
    const marks = markContents(whole, attachment => !isSentAsText(wire, attachment))
    const detail = prompt.options.image_detail
    const content = sdkContent({ wire, text: promptText(prompt), attachments, marks, detail })
    const contents = marks.filter(marked => marked !== undefined)
    additions.set(abortSignal, { contents, followUps })
    return { prompt: messages.with(askedAt(prompt), { role: 'user', content }), abortSignal }
  }

  async function prepare({ options, ...form }: RequestForm): Promise<PreparedCall> {
    const all = { ...reference.defaultOptions, ...options }
    const { settings, fields } = callShape(wire, apiName, { ...form, options: all })
    const takeAdditions = (signal: AbortSignal) => {
      const taken = additions.get(signal)
      additions.delete(signal)
      return taken
    }
    const messagesIn = listNames[wire]
    const fetch = transportFetch({
      ...{ transport, headers, fields, messagesIn, takeAdditions, endpoint },
    })
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
  { model, settings }: PreparedCall,
  asked: AskedOfSdk,
  signal: AbortSignal,
): Promise<TransportReply> {
  try {
    await model.doGenerate({ ...settings, ...asked })
  } catch (error) {
    if (error instanceof ReceivedReply) return error.reply
    throw signal.aborted ? signal.reason : error
  }
  throw new TypeError('the AI SDK answered without its fetch')
}
