/**
 * The parts of `node-llama-cpp` 3 that we use, with its own names. The package is not a dependency,
 * because it has 700 MB: users install it if they need it, so its types may be missing when we
 * compile.
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
  /** Cores for computing. */
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

/** One text in a context. */
export interface LlamaSequence {
  /** In tokens. */
  readonly contextSize: number
  readonly tokenMeter: { readonly usedOutputTokens: number }
}

export type LlamaChatItem =
  | { readonly type: 'system' | 'user'; readonly text: string }
  | { readonly type: 'model'; readonly response: readonly string[] }

export interface LlamaChat {
  /** Writes a conversation with the file's template. */
  readonly chatWrapper: {
    generateContextState(options: { readonly chatHistory: readonly LlamaChatItem[] }): {
      readonly contextText: { tokenize(tokenizer: object): { readonly length: number } }
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
  /** Without the model's reasoning. */
  readonly response: string
  readonly fullResponse: readonly (string | { readonly text: string })[]
  readonly metadata: {
    /** `eogToken`, `stopGenerationTrigger`, `customStopTrigger`, `maxTokens`, `abort`, … */
    readonly stopReason: string
  }
}
