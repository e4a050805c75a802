import type { BegunCall, CallListener, ModelClient } from '../../port/model-client.js'
import type { Answer } from '../../row/answer.js'
import { stringifyJson } from '../../row/exact-json.js'
import { oncePerForm } from '../../row/once-per-form.js'
import type { Prompt, WholeRequest } from '../../row/prompt.js'
import { checkSystemPrompt } from '../catalog/check-system-prompt.js'
import { checkTools } from '../catalog/check-tools.js'
import type { CompletionsWire, ServerWire } from '../catalog/model-reference.js'
import { callLost } from '../error-reply/call-errors.js'
import { callIds } from '../tool-wire/read-tool-calls.js'
import { rejectOnAbort } from '../transport/reject-on-abort.js'
import { completionsBody } from './completions-body.js'
import { readAnswer } from './read-answer.js'
import type { ServerClientOptions } from './server-client-options.js'

const wireOf = {
  'chat/completions': 'openai-chat',
  completions: 'openai-completion',
  responses: 'openai-responses',
} as const satisfies Record<WholeRequest['endpoint'], ServerWire>

/**
 * A client for OpenAI's chat completions and old completions, without a library beyond the
 * transport. A prompt that is a whole request goes unchanged to the endpoint of the request.
 */
export function createCompletionsClient(
  options: ServerClientOptions<CompletionsWire>,
): ModelClient {
  const { reference, headers, endpoint, transport, clock } = options
  const { wire, apiName } = reference
  const { provider, baseUrl, query = '' } = endpoint
  const base = baseUrl.slice(new URL(baseUrl).origin.length)
  const resource = wire === 'openai-completion' ? '/completions' : '/chat/completions'
  const path = `${base}${resource}${query}`
  const writerFor = oncePerForm(({ options, ...form }) =>
    completionsBody(wire, apiName, {
      ...form,
      options: { ...reference.defaultOptions, ...options },
    }),
  )
  const newCallId = callIds(clock)
  const { heed, close } = transport
  const client = { id: reference.id, provider, ask, heed, close }
  // A prompt for the old endpoint may be refused before it is sent, which `begin` cannot report.
  return wire === 'openai-completion' ? client : { ...client, begin }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    checkSystemPrompt(reference, prompt.system)
    if (prompt.tools !== undefined) checkTools(reference)
    return rejectOnAbort(signal, (answered, failed) => begin(prompt, { answered, failed }))
  }

  function begin(prompt: Prompt, listener: CallListener): BegunCall {
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const { request } = prompt
    const sent =
      request === undefined
        ? { path, headers, body: writerFor(prompt)(prompt) }
        : {
            path: `${base}/${request.endpoint}${query}`,
            headers,
            body: stringifyJson(request.body),
          }
    const spoken = request === undefined ? wire : wireOf[request.endpoint]
    return transport.send(sent, {
      replied(reply) {
        let answer: Answer
        try {
          const durationMs = clock.monotonicMs() - beganMs
          const received = { wire: spoken, reply, prompt, startedAtMs, durationMs, newCallId }
          answer = readAnswer(received, endpoint)
        } catch (error) {
          listener.failed(error)
          return
        }
        listener.answered(answer)
      },
      lost: (error, isSent) => listener.failed(callLost(error, endpoint, isSent)),
      held: () => listener.held?.(),
      goesOn: () => listener.goesOn?.(),
    })
  }
}
