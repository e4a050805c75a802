import type { ModelKey } from '../../port/model-names.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { OptionDefinition } from './option-list.js'

/** The way a model is spoken to. */
export type Wire =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completion'
  | 'anthropic'
  | 'google'
  | 'openai-compatible'
  | 'gguf'
  | 'echo'

/** A model that a name was found to mean; all that is needed to ask it, but for the key. */
export interface ModelReference {
  /** As llm knows it; goes into its log. */
  readonly id: string
  /** As the user called it. */
  readonly name: string
  /** Name in the provider list, `gguf` or `echo`. */
  readonly provider: string
  /** The provider as people write it. */
  readonly providerTitle: string
  /** What the server is asked for; of a GGUF file, its absolute path. */
  readonly apiName: string
  readonly wire: Wire
  /** Base URL of its own, from extra-openai-models.yaml; else the provider's. */
  readonly baseUrl: string | undefined
  /** Further headers of each call. */
  readonly headers: Readonly<Record<string, string>>
  /** Absent when no key is to be sent, whatever else is said. */
  readonly keyNeed: ModelKey | undefined
  /** Whether it may be asked without a key too, as a server on this machine. */
  readonly isKeyOptional: boolean
  readonly options: readonly OptionDefinition[]
  /** Said to the server where the user says nothing; not logged, as in llm. */
  readonly defaultOptions?: ModelOptions | undefined
  /**
   * Tokens of prompt and answer together that a GGUF file is to have room for, where the user's
   * folder says so.
   */
  readonly contextTokens?: number | undefined
}

/** The wires that go over a network. */
export type ServerWire = Exclude<Wire, 'echo' | 'gguf'>

/** Those of them that the AI SDK speaks for us. */
export type SdkWire = 'openai-responses' | 'anthropic' | 'google'

/** Those that we speak: OpenAI's `/chat/completions`, and the old `/completions`. */
export type CompletionsWire = Exclude<ServerWire, SdkWire>
