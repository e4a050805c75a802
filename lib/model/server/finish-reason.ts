import type { FinishReason } from '../../row/answer.js'

/**
 * The reasons for which a model stopped, in the words of all wires, in lower case. No word has two
 * meanings.
 *
 * `model_length` is Mistral's, `repetition_truncation` a cut of a text that repeats itself,
 * `insufficient_system_resource` DeepSeek's, and `abort` vLLM's and SGLang's for a call that their
 * engine dropped.
 *
 * @see https://api-docs.deepseek.com/api/create-chat-completion (`finish_reason`)
 * @see https://docs.mistral.ai/api/ (`finish_reason`)
 * @see https://ai.google.dev/api/generate-content#FinishReason
 */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries({
    stop: ['stop', 'end_turn', 'stop_sequence', 'pause_turn', 'eos', 'eos_token', 'complete'],
    length: [
      ...['length', 'max_output_tokens', 'max_tokens', 'max_completion_tokens', 'model_length'],
      ...['model_context_window_exceeded', 'context_length_exceeded', 'repetition_truncation'],
    ],
    'content-filter': [
      ...['content_filter', 'refusal', 'safety', 'recitation', 'blocklist', 'prohibited_content'],
      ...['spii', 'image_safety', 'sensitive'],
    ],
    'tool-calls': ['tool_calls', 'function_call', 'tool_use'],
    error: [
      ...['error', 'abort', 'aborted', 'cancelled', 'failed', 'insufficient_system_resource'],
      ...['network_error', 'malformed_response'],
      // Gemini wrote a call of a tool that nobody can read, or of no tool that it was offered.
      ...['malformed_function_call', 'unexpected_tool_call'],
    ],
  }).flatMap(([reason, words]) => words.map(word => [word, reason as FinishReason] as const)),
)

/** What a server's word for the end of an answer means; `other` for a word that is not known. */
export function finishReason(word: unknown): FinishReason {
  if (typeof word !== 'string') return 'other'
  return finishReasons.get(word) ?? finishReasons.get(word.toLowerCase()) ?? 'other'
}
