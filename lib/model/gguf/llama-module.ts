/**
 * The few parts of `node-llama-cpp` 3 that we use, in its own names. It is no dependency of ours,
 * because it brings 700 MB: whoever wants it installs it, so its own types may not be there when we
 * are compiled.
 *
 * @see https://node-llama-cpp.withcat.ai/api
 */
export interface LlamaModule {
  readonly getLlama: (options: {
    readonly gpu: 'auto'
    readonly build: 'never'
    readonly logLevel: 'error'
    readonly logger: (level: string, message: string) => void
  }) => Promise<Llama>
  readonly LlamaChat: new (options: {
    readonly contextSequence: LlamaSequence
    readonly chatWrapper: 'auto'
  }) => LlamaChat
}

export interface Llama {
  /** Cores that are of use for computing. */
  readonly cpuMathCores: number
  readonly loadModel: (options: { readonly modelPath: string }) => Promise<LlamaModel>
  readonly createGrammarForJsonSchema: (schema: object) => Promise<LlamaGrammar>
  readonly getGrammarFor: (type: 'json') => Promise<LlamaGrammar>
}

/** Opaque. */
export type LlamaGrammar = object

export interface LlamaModel {
  /** Opaque. */
  readonly tokenizer: object
  readonly trainContextSize: number
  readonly createContext: (options: {
    readonly sequences: number
    readonly contextSize: number | { readonly max: number }
    readonly threads: number
  }) => Promise<LlamaContext>
}

export interface LlamaContext {
  readonly getSequence: () => LlamaSequence
  readonly dispose: () => Promise<void>
}

/** One text being generated, among others in the same context. */
export interface LlamaSequence {
  /** In tokens. */
  readonly contextSize: number
  readonly tokenMeter: { readonly usedOutputTokens: number }
}

export type LlamaChatItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] }

export interface LlamaChat {
  /** Knows how the file's template writes a conversation. */
  readonly chatWrapper: {
    readonly generateContextState: (options: {
      readonly chatHistory: readonly LlamaChatItem[]
    }) => {
      readonly contextText: {
        readonly tokenize: (tokenizer: object) => { readonly length: number }
      }
    }
  }
  readonly generateResponse: (
    history: readonly LlamaChatItem[],
    options: LlamaResponseOptions,
  ) => Promise<LlamaResponse>
}

export interface LlamaResponseOptions {
  readonly signal: AbortSignal
  readonly maxTokens: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly grammar?: LlamaGrammar
  readonly customStopTriggers?: readonly string[]
  readonly contextShift: { readonly strategy: () => never }
}

export interface LlamaResponse {
  /** Without what the model said to itself. */
  readonly response: string
  readonly fullResponse: readonly (
    | string
    | { readonly type: 'segment'; readonly segmentType: string; readonly text: string }
  )[]
  readonly metadata: {
    readonly stopReason:
      | 'eogToken'
      | 'stopGenerationTrigger'
      | 'customStopTrigger'
      | 'maxTokens'
      | 'abort'
      | 'functionCalls'
  }
}
