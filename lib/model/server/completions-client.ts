import type { BegunCall, CallListener, ModelClient } from '../../port/model-client.js'
import type { Answer } from '../../row/answer.js'
import { oncePerForm } from '../../row/once-per-form.js'
import type { Prompt } from '../../row/prompt.js'
import { checkSystemPrompt } from '../catalog/check-system-prompt.js'
import type { CompletionsWire } from '../catalog/model-reference.js'
import { callLost } from '../error-reply/call-errors.js'
import { rejectOnAbort } from '../transport/reject-on-abort.js'
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
  const { reference, headers, endpoint, transport, clock } = options
  const { wire, apiName } = reference
  const { provider, baseUrl, query = '' } = endpoint
  const resource = wire === 'openai-completion' ? '/completions' : '/chat/completions'
  const path = `${baseUrl.slice(new URL(baseUrl).origin.length)}${resource}${query}`
  const writerFor = oncePerForm(({ options, schema }) =>
    completionsBody(wire, apiName, {
      options: { ...reference.defaultOptions, ...options },
      schema,
    }),
  )
  const { heed, close } = transport
  const client = { id: reference.id, provider, ask, heed, close }
  // A prompt for the old endpoint may be refused before it is sent, which `begin` cannot report.
  return wire === 'openai-completion' ? client : { ...client, begin }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    checkSystemPrompt(reference, prompt.system)
    return rejectOnAbort(signal, (answered, failed) => begin(prompt, { answered, failed }))
  }

  function begin(prompt: Prompt, listener: CallListener): BegunCall {
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const body = writerFor(prompt)(prompt)
    return transport.send(
      { path, headers, body },
      {
        replied(reply) {
          let answer: Answer
          try {
            const durationMs = clock.monotonicMs() - beganMs
            answer = readAnswer({ wire, reply, prompt, startedAtMs, durationMs }, endpoint)
          } catch (error) {
            listener.failed(error)
            return
          }
          listener.answered(answer)
        },
        lost: (error, isSent) => listener.failed(callLost(error, endpoint, isSent)),
        held: () => listener.held?.(),
        goesOn: () => listener.goesOn?.(),
      },
    )
  }
}
