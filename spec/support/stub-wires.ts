import type { StubCall } from './stub-tools.js'

/** The ways providers write a request and a reply, as far as the stub server speaks them. */
export type StubWire =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completion'
  | 'anthropic'
  | 'google'

/** `tired` is a reason that no provider gives. */
export type StubFinishReason = 'stop' | 'length' | 'content-filter' | 'refusal' | 'error' | 'tired'

/** Tokens as `Usage` counts them: each wire writes them in its own way. */
export interface StubUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** 3 where OpenAI's wires count cached tokens; 0 on other wires. */
  readonly cachedInputTokens?: number
  readonly cacheWriteTokens?: number
  readonly reasoningTokens?: number
  /** OpenRouter's `usage.cost`. */
  readonly costUsd?: unknown
}

/** What the stub answers; a bare text is a whole answer. */
export interface StubAnswer {
  readonly text: string
  readonly finishReason?: StubFinishReason | undefined
  readonly usage?: StubUsage | undefined
  readonly reasoning?: string | undefined
  /** Calls of tools, beside the text if there is one. */
  readonly calls?: readonly StubCall[] | undefined
}

/** What was asked, read from a request of any wire. */
export interface StubQuestion {
  readonly wire: StubWire
  readonly model: string
  /** Text of the last user message. */
  readonly text: string
  readonly system: string | undefined
  /** Whether the Responses API is to give its reasoning in a form that can be sent back. */
  readonly isReasoningEncrypted?: boolean
}

/** The wire a path belongs to; whatever stands before it is the base URL's. */
export function wireOfPath(path: string): StubWire | undefined {
  if (path.endsWith('/chat/completions')) return 'openai-chat'
  if (path.endsWith('/completions')) return 'openai-completion'
  if (path.endsWith('/responses')) return 'openai-responses'
  if (path.endsWith('/messages')) return 'anthropic'
  if (path.endsWith(':generateContent')) return 'google'
  return undefined
}

export function readQuestion(wire: StubWire, path: string, body: any): StubQuestion {
  switch (wire) {
    case 'openai-chat':
      return { wire, model: body.model, ...fromMessages(body.messages) }
    case 'openai-responses': {
      const { text, system } = fromMessages(
        typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input,
      )
      const isReasoningEncrypted = body.include?.includes('reasoning.encrypted_content') ?? false
      return {
        ...{ wire, model: body.model, text, system: body.instructions ?? system },
        isReasoningEncrypted,
      }
    }
    case 'openai-completion':
      return { wire, model: body.model, text: body.prompt, system: undefined }
    case 'anthropic': {
      const system = body.system === undefined ? undefined : textOf(body.system)
      return { wire, model: body.model, text: fromMessages(body.messages).text, system }
    }
    case 'google': {
      const model = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1).split(':')[0] ?? '')
      const system = body.systemInstruction && textOf(body.systemInstruction.parts)
      const asking = body.contents.findLast(
        ({ role, parts }: any) => role === 'user' && isTold(parts),
      )
      return { wire, model, text: textOf(asking?.parts), system }
    }
  }
}

export function writeAnswer(question: StubQuestion, answer: StubAnswer, id: number): unknown {
  const usage = answer.usage ?? { inputTokens: 11, outputTokens: 7 }
  switch (question.wire) {
    case 'openai-chat':
      return chatReply(question, answer, usage, id)
    case 'openai-responses':
      return responsesReply(question, answer, usage, id)
    case 'openai-completion':
      return completionReply(question, answer, usage, id)
    case 'anthropic':
      return anthropicReply(question, answer, usage, id)
    case 'google':
      return googleReply(question, answer, usage, id)
  }
}

function chatReply(question: StubQuestion, answer: StubAnswer, usage: StubUsage, id: number) {
  const reason = answer.finishReason ?? 'stop'
  const isRefusal = reason === 'refusal'
  const { calls = [] } = answer
  const finish = { 'content-filter': 'content_filter', refusal: 'stop' } as Record<string, string>
  if (calls.length > 0) finish.stop = 'tool_calls'
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1_764_000_000,
    model: `${question.model}-2026-01-01`,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: isRefusal || (answer.text === '' && calls.length > 0) ? null : answer.text,
          refusal: isRefusal ? answer.text : null,
          ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning }),
          ...(calls.length > 0 && {
            tool_calls: calls.map((called, index) => ({
              id: `call_${id}_${index}`,
              type: 'function',
              function: { name: called.name, arguments: called.arguments },
            })),
          }),
        },
        logprobs: null,
        finish_reason: finish[reason] ?? reason,
      },
    ],
    usage: {
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
      prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 3, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
      ...(usage.costUsd === undefined ? {} : { cost: usage.costUsd }),
    },
    system_fingerprint: null,
  }
}

function completionReply(question: StubQuestion, answer: StubAnswer, usage: StubUsage, id: number) {
  const reason = answer.finishReason ?? 'stop'
  const isFiltered = reason === 'content-filter' || reason === 'refusal'
  const finish_reason = isFiltered ? 'content_filter' : reason
  return {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created: 1_764_000_000,
    model: `${question.model}:20230824-v2`,
    choices: [{ text: answer.text, index: 0, logprobs: null, finish_reason }],
    usage: {
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  }
}

function responsesReply(question: StubQuestion, answer: StubAnswer, usage: StubUsage, id: number) {
  const reason = answer.finishReason ?? 'stop'
  const cut = { length: 'max_output_tokens', 'content-filter': 'content_filter' }[
    reason as 'length'
  ]
  const content =
    reason === 'refusal'
      ? { type: 'refusal', refusal: answer.text }
      : { type: 'output_text', text: answer.text, annotations: [], logprobs: [] }
  const { calls = [], reasoning } = answer
  const thinking = {
    type: 'reasoning',
    id: `rs_${id}`,
    summary: reasoning === undefined ? [] : [{ type: 'summary_text', text: reasoning }],
    encrypted_content: question.isReasoningEncrypted === true ? `encrypted-${id}` : null,
  }
  const message = {
    type: 'message',
    id: `msg_${id}`,
    status: cut === undefined ? 'completed' : 'incomplete',
    role: 'assistant',
    content: [content],
  }
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1_764_000_000,
    status: cut === undefined ? 'completed' : 'incomplete',
    error: reason === 'error' ? { code: 'server_error', message: 'The model broke off.' } : null,
    incomplete_details: cut === undefined ? null : { reason: cut },
    model: `${question.model}-2026-01-01`,
    output: [
      ...(reasoning === undefined && calls.length === 0 ? [] : [thinking]),
      ...(answer.text === '' && calls.length > 0 ? [] : [message]),
      ...calls.map((called, index) => ({
        type: 'function_call',
        id: `fc_${id}_${index}`,
        call_id: `call_${id}_${index}`,
        status: 'completed',
        ...called,
      })),
    ],
    usage: {
      input_tokens: usage.inputTokens,
      input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 3 },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  }
}

function anthropicReply(question: StubQuestion, answer: StubAnswer, usage: StubUsage, id: number) {
  const reasons = {
    stop: answer.calls === undefined ? 'end_turn' : 'tool_use',
    length: 'max_tokens',
    'content-filter': 'refusal',
    refusal: 'refusal',
    error: 'end_turn',
    tired: 'tired',
  }
  const { calls = [], reasoning = '' } = answer
  const thinking = { type: 'thinking', thinking: reasoning, signature: `signed-${id}` }
  const { cachedInputTokens: read = 0, cacheWriteTokens: written = 0 } = usage
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: question.model,
    content: [
      ...(answer.reasoning === undefined && calls.length === 0 ? [] : [thinking]),
      ...(answer.text === '' ? [] : [{ type: 'text', text: answer.text }]),
      ...calls.map(({ name, arguments: given }, index) => ({
        type: 'tool_use',
        id: `toolu_${id}_${index}`,
        name,
        input: objectOf(given),
      })),
    ],
    stop_reason: reasons[answer.finishReason ?? 'stop'],
    stop_sequence: null,
    usage: {
      input_tokens: usage.inputTokens - read - written,
      output_tokens: usage.outputTokens,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: read,
      service_tier: 'standard',
    },
  }
}

function googleReply(question: StubQuestion, answer: StubAnswer, usage: StubUsage, id: number) {
  const reason = answer.finishReason ?? 'stop'
  const { calls = [] } = answer
  const { cachedInputTokens, reasoningTokens = 0 } = usage
  const usageMetadata = {
    promptTokenCount: usage.inputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedContentTokenCount: cachedInputTokens }),
    candidatesTokenCount: usage.outputTokens - reasoningTokens,
    ...(reasoningTokens === 0 ? {} : { thoughtsTokenCount: reasoningTokens }),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
  }
  if (reason === 'refusal') {
    return {
      promptFeedback: { blockReason: 'SAFETY' },
      usageMetadata,
      modelVersion: question.model,
    }
  }
  const finish = { length: 'MAX_TOKENS', 'content-filter': 'SAFETY' } as Record<string, string>
  return {
    candidates: [
      {
        content: {
          parts: [
            ...(answer.reasoning === undefined ? [] : [{ text: answer.reasoning, thought: true }]),
            ...(answer.text === '' && calls.length > 0 ? [] : [{ text: answer.text }]),
            // Of calls at the same time, the first has the signature.
            ...calls.map(({ name, arguments: given }, index) => ({
              functionCall: { name, args: objectOf(given) },
              ...(index === 0 && { thoughtSignature: `signed-${id}` }),
            })),
          ],
          role: 'model',
        },
        finishReason: finish[reason] ?? 'STOP',
        index: 0,
      },
    ],
    usageMetadata,
    modelVersion: question.model,
  }
}

function fromMessages(messages: any[]): { text: string; system: string | undefined } {
  const system = messages.find(({ role }) => role === 'system' || role === 'developer')
  return {
    text: textOf(
      messages.findLast(({ role, content }) => role === 'user' && isTold(content))?.content,
    ),
    system: system === undefined ? undefined : textOf(system.content),
  }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return Array.isArray(content) ? content.map(part => part.text ?? '').join('') : ''
}

/** Whether a message of the user is the user's own, not the results of tools alone. */
function isTold(content: unknown): boolean {
  if (!Array.isArray(content)) return true
  return content.some(part => part.type !== 'tool_result' && part.functionResponse === undefined)
}

/** Arguments for the wires that have them as an object; empty if they are broken. */
function objectOf(text: string): object {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
