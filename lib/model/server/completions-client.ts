import type { BegunCall, CallListener, ModelClient } from '../../port/model-client.js'
import type { Answer } from '../../row/answer.js'
import type { ModelOptions, Prompt } from '../../row/prompt.js'
import { checkSystem } from '../catalog/check-system.js'
import type { CompletionsWire } from '../catalog/model-reference.js'
import { callLost } from '../refusal/translate-error.js'
import { translateRefusal } from '../refusal/translate-refusal.js'
import type { TransportReply } from '../transport/exchange.js'
import { underSignal } from '../transport/under-signal.js'
import { completionsBody } from './completions-body.js'
import { readAnswer } from './read-answer.js'
import type { ServerClientOptions } from './server-client-options.js'

/**
 * A client for OpenAI's chat completions and old completions, without a library beyond the
 * transport.
 */
export function createCompletionsClient(
  options: ServerClientOptions<CompletionsWire>,
): ModelClient {
  const { reference, headers, context, transport, clock } = options
  const { wire, apiName } = reference
  const { provider, baseUrl } = context
  const endpoint = wire === 'openai-completion' ? '/completions' : '/chat/completions'
  const path = `${baseUrl.slice(new URL(baseUrl).origin.length)}${endpoint}`
  // All prompts of a run share their options, so this is computed once.
  const writers = new WeakMap<ModelOptions, (prompt: Prompt) => string>()
  const { heed, close } = transport
  const client = { id: reference.id, provider, ask, heed, close }
  // A prompt for the old endpoint may be refused before it is sent, which `begin` cannot report.
  return wire === 'openai-completion' ? client : { ...client, begin }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    checkSystem(reference, prompt.system)
    return underSignal(signal, (answered, failed) => begin(prompt, { answered, failed }))
  }

  function begin(prompt: Prompt, listener: CallListener): BegunCall {
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const body = writerFor(prompt.options)(prompt)
    return transport.send(
      { path, headers, body },
      {
        replied(reply) {
          let answer: Answer
          try {
            answer = read(reply, startedAtMs, clock.monotonicMs() - beganMs)
          } catch (error) {
            listener.failed(error)
            return
          }
          listener.answered(answer)
        },
        lost: error => listener.failed(callLost(error, context)),
        held: () => listener.held?.(),
        goesOn: () => listener.goesOn?.(),
      },
    )
  }

  function read(reply: TransportReply, startedAtMs: number, durationMs: number): Answer {
    const { status, headers: received, body } = reply
    if (status < 200 || status >= 300) {
      throw translateRefusal({ status, headers: received, body }, context, clock.nowMs())
    }
    return readAnswer({ wire, body, headers: received, startedAtMs, durationMs }, context)
  }

  function writerFor(modelOptions: ModelOptions): (prompt: Prompt) => string {
    const known = writers.get(modelOptions)
    if (known !== undefined) return known
    const all = { ...reference.defaultOptions, ...modelOptions }
    const writer = completionsBody({ wire, apiName, modelOptions: all })
    writers.set(modelOptions, writer)
    return writer
  }
}
