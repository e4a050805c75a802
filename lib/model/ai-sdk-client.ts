import type {
  LanguageModelV3,
  LanguageModelV3GenerateResult,
  LanguageModelV3Prompt,
} from '@ai-sdk/provider'
import { BatchError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { Answer } from '../row/answer.js'
import { type ModelOptions, type Prompt, promptText } from '../row/prompt.js'
import { parseRateLimits, type ReplyHeaders } from '../throttle/parse-rate-limits.js'
import { makeAiSdkModel } from './ai-sdk-model.js'
import type { CallContext } from './call-context.js'
import { type CallShape, callShape } from './call-shape.js'
import { checkSystem } from './check-system.js'
import type { ModelReference, ServerWire } from './model-reference.js'
import { errorInside } from './provider-error.js'
import { readAnswer } from './read-answer.js'
import { answerBrokenOff, unreadableReply } from './translate-error.js'
import { transportFetch } from './transport-fetch.js'
import type { Transport } from './undici-transport.js'

export interface AiSdkClientOptions {
  readonly reference: ModelReference & { readonly wire: ServerWire }
  /** Headers of every call, the key's among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly context: CallContext
  readonly transport: Transport
  readonly clock: Clock
}

interface PreparedCall {
  readonly model: LanguageModelV3
  readonly settings: CallShape['settings']
}

/** A model asked through the AI SDK's `doGenerate`: once, over our transport, with errors in our words. */
export async function createAiSdkClient(options: AiSdkClientOptions): Promise<ModelClient> {
  const { reference, headers, context, transport, clock } = options
  // Prompts of a run share their options, so what these come to is worked out once.
  const preparedCalls = new WeakMap<ModelOptions, Promise<PreparedCall>>()
  // The SDK is loaded before the first row, not while the first calls wait for it.
  await prepare({})

  return { id: reference.id, provider: context.provider, ask, close: transport.close }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    checkSystem(reference, prompt.system)
    const { model, settings } = await prepared(prompt.options)
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    try {
      const call = { ...settings, prompt: toMessages(prompt), abortSignal: signal }
      const result = await model.doGenerate(call)
      // An error that came as a good reply: the SDK takes some for an empty answer.
      if (errorInside(result.response?.body) !== undefined) throw asUnreadable(result)
      const answer = readAnswer(result)
      if (answer.finishReason === 'error') throw answerBrokenOff(context)
      return {
        ...answer,
        startedAtMs,
        durationMs: Math.round(clock.monotonicMs() - beganMs),
        ...limitsIn(result.response?.headers, startedAtMs),
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw BatchError.isInstance(error) ? error : unreadableReply(error, context, clock.nowMs())
    }
  }

  function limitsIn(received: ReplyHeaders = {}, nowMs: number): Pick<Answer, 'rateLimits'> {
    const rateLimits = parseRateLimits(received, { provider: context.provider, nowMs })
    return rateLimits === undefined ? {} : { rateLimits }
  }

  function prepared(modelOptions: ModelOptions): Promise<PreparedCall> {
    const known = preparedCalls.get(modelOptions)
    if (known !== undefined) return known
    const call = prepare(modelOptions)
    preparedCalls.set(modelOptions, call)
    return call
  }

  async function prepare(modelOptions: ModelOptions): Promise<PreparedCall> {
    const { wire, settings, fields } = callShape(reference.wire, {
      ...reference.defaultOptions,
      ...modelOptions,
    })
    const fetch = transportFetch({ transport, headers, fields, context, clock })
    const { apiName } = reference
    const model = await makeAiSdkModel({ wire, apiName, baseUrl: context.baseUrl, fetch })
    return { model, settings }
  }
}

function asUnreadable({ response }: LanguageModelV3GenerateResult): object {
  return { responseBody: response?.body, responseHeaders: response?.headers }
}

/** An empty system prompt is none, as in llm; some servers refuse an empty text. */
function toMessages(prompt: Prompt): LanguageModelV3Prompt {
  const user = {
    role: 'user' as const,
    content: [{ type: 'text' as const, text: promptText(prompt) }],
  }
  return prompt.system ? [{ role: 'system', content: prompt.system }, user] : [user]
}
