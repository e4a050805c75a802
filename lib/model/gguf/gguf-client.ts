import { Sema } from 'async-sema'
import { BatchError, rowError, runError } from '../../error/batch-error.js'
import type { Clock } from '../../port/clock.js'
import type { ModelClient } from '../../port/model-client.js'
import type { Answer, FinishReason } from '../../row/answer.js'
import type { JsonSchema } from '../../row/json-schema.js'
import { messageText } from '../../row/message.js'
import { oncePerForm } from '../../row/once-per-form.js'
import { conversationOf, type ModelOptions, type Prompt } from '../../row/prompt.js'
import { checkTools } from '../catalog/check-tools.js'
import { type GgufSettings, ggufSettings } from './gguf-settings.js'
import type { LlamaChat, LlamaChatItem, LlamaContext, LlamaSequence } from './llama-module.js'
import { type LoadedGguf, loadGguf } from './load-gguf.js'

interface GgufClientOptions {
  /** The model's id in llm. */
  readonly id: string
  /** Absolute path of the file. */
  readonly path: string
  /** Tokens of prompt and answer together for a row, if the user's folder says so. */
  readonly contextTokens?: number | undefined
  /** Options and schema of the prompts, so that wrong ones fail before the first prompt. */
  readonly modelOptions: ModelOptions
  readonly schema?: JsonSchema | undefined
  /** Texts generated at the same time. */
  readonly sequences: number
  readonly clock: Clock
}

/** Generates one text at a time. */
interface Place {
  readonly sequence: LlamaSequence
  readonly chat: LlamaChat
}

/**
 * Default tokens of a row. A model's own limit may be a hundred times that, and the memory is
 * needed for each text at the same time.
 */
const defaultContextTokens = 4096

/** Default tokens of an answer, because a small model may talk for ever. */
const defaultAnswerTokens = 1024

/**
 * Runs a GGUF file in this process. The file is loaded once. As many texts are generated at the
 * same time as there are sequences, and each of their steps is computed together.
 *
 * The common start of a prompt and the previous prompt of the same sequence, such as the template's
 * start, is not computed again. A prompt that does not fit is refused: the library would silently
 * drop its middle. The library checks a signal between the tokens of an answer, not while it reads
 * a long prompt.
 *
 * @throws {BatchError} DEPENDENCY_MISSING, MODEL_UNUSABLE, MODEL_OPTION_INVALID; reach run.
 */
export async function createGgufClient(options: GgufClientOptions): Promise<ModelClient> {
  const { id, path, modelOptions, schema, clock } = options
  const gguf = await loadGguf(path)
  const settingsOf = oncePerForm(form => ggufSettings(form, gguf.llama))
  await settingsOf({ options: modelOptions, schema })
  const context = await openContext(gguf, options)
  const places = new Sema(options.sequences, {
    initFn: (): Place => {
      const sequence = context.getSequence()
      const chat = new gguf.module.LlamaChat({ contextSequence: sequence, chatWrapper: 'auto' })
      return { sequence, chat }
    },
  })

  // The weights stay in memory for the next client.
  return { id, provider: 'gguf', ask, close: () => context.dispose() }

  async function ask(prompt: Prompt, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    if (prompt.tools !== undefined) checkTools({ id, wire: 'gguf' })
    const settings = await settingsOf(prompt)
    const place = await placeFor(signal)
    try {
      return await generate(place, prompt, settings, signal)
    } catch (error) {
      if (signal.aborted) throw timeoutFinal(signal.reason)
      if (BatchError.isInstance(error)) throw error
      const message = `The model broke off in the middle of the answer: ${wordsOf(error)}`
      throw new BatchError(message, { code: 'SERVER_FAILED', reach: 'attempt', cause: error })
    } finally {
      places.release(place)
    }
  }

  /**
   * Resolves with a sequence, or rejects with the signal's reason. A sequence that comes later goes
   * to the next row.
   */
  function placeFor(signal: AbortSignal): Promise<Place> {
    return new Promise((resolve, reject) => {
      const coming = places.acquire()
      const giveUp = (): void => {
        reject(signal.reason)
        void coming.then(place => places.release(place))
      }
      if (signal.aborted) return giveUp()
      signal.addEventListener('abort', giveUp, { once: true })
      void coming.then(place => {
        if (signal.aborted) return
        signal.removeEventListener('abort', giveUp)
        resolve(place)
      })
    })
  }

  async function generate(
    { chat, sequence }: Place,
    prompt: Prompt,
    settings: GgufSettings,
    signal: AbortSignal,
  ): Promise<Answer> {
    const startedAtMs = clock.nowMs()
    const beganMs = clock.monotonicMs()
    const history = historyOf(prompt)
    const { contextText } = chat.chatWrapper.generateContextState({ chatHistory: history })
    const inputTokens = contextText.tokenize(gguf.model.tokenizer).length
    // The library wants one token more than it fills.
    const room = sequence.contextSize - inputTokens - 1
    if (room < 1) throw promptTooLong(inputTokens, sequence.contextSize)
    const { maxTokens = defaultAnswerTokens, ...rest } = settings
    const outputBefore = sequence.tokenMeter.usedOutputTokens
    const response = await chat.generateResponse(history, {
      ...rest,
      maxTokens: Math.min(maxTokens, room),
      signal,
      contextShift: {
        strategy() {
          throw promptTooLong(inputTokens, sequence.contextSize)
        },
      },
    })
    const thoughts = response.fullResponse.flatMap(part =>
      typeof part === 'string' ? [] : [part.text],
    )
    return {
      text: response.response,
      ...(thoughts.length > 0 && { reasoning: thoughts.join('') }),
      finishReason: endings[response.metadata.stopReason] ?? 'other',
      usage: {
        inputTokens,
        outputTokens: sequence.tokenMeter.usedOutputTokens - outputBefore,
      },
      startedAtMs,
      durationMs: Math.round(clock.monotonicMs() - beganMs),
    }
  }
}

/** Makes a timeout fail the row: a second attempt runs at the same speed. */
function timeoutFinal(reason: unknown): unknown {
  if (!BatchError.isInstance(reason) || reason.code !== 'CALL_TIMED_OUT') return reason
  return rowError(
    reason.code,
    reason.message,
    'Allow more time with --timeout SECONDS, or shorter answers with -o max_tokens N.',
  )
}

const endings: Readonly<Record<string, FinishReason>> = {
  eogToken: 'stop',
  stopGenerationTrigger: 'stop',
  customStopTrigger: 'stop',
  maxTokens: 'length',
}

async function openContext(
  { llama, model }: LoadedGguf,
  { path, sequences, modelOptions, contextTokens }: GgufClientOptions,
): Promise<LlamaContext> {
  const { n_ctx: wanted = contextTokens } = modelOptions
  try {
    return await model.createContext({
      sequences,
      contextSize:
        typeof wanted === 'number'
          ? wanted
          : { max: Math.min(defaultContextTokens, model.trainContextSize) },
      // The library's default is all cores. If one core is busy, every step waits for it.
      threads: Math.max(1, llama.cpuMathCores - 1),
    })
  } catch (error) {
    throw runError(
      'MODEL_UNUSABLE',
      `Not enough memory to generate ${sequences} texts at once with ${path}: ${wordsOf(error)}`,
      'Lower --concurrency, or the tokens of each row with -o n_ctx TOKENS.',
      error,
    )
  }
}

/** The library continues the last answer of the model, which is empty in most prompts. */
function historyOf(prompt: Prompt): readonly LlamaChatItem[] {
  const history = conversationOf(prompt).map((message): LlamaChatItem => {
    const text = messageText(message)
    if (message.role === 'assistant') return { type: 'model', response: [text] }
    return { type: message.role === 'system' ? 'system' : 'user', text }
  })
  return history.at(-1)?.type === 'model' ? history : [...history, { type: 'model', response: [] }]
}

function promptTooLong(inputTokens: number, contextTokens: number): BatchError {
  return rowError(
    'REQUEST_REJECTED',
    `The prompt has ${inputTokens} tokens; ${contextTokens} is the limit for prompt and answer`,
    'Raise the limit with -o n_ctx TOKENS, up to the limit of the model.',
  )
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
