import type { Clock } from '../../port/clock.js'
import type { ModelClient } from '../../port/model-client.js'
import type { ModelKey } from '../../port/model-names.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { OptionDefinition } from './option-list.js'

/** The protocol of a model's server. */
export type Wire =
  | 'openai-chat'
  | 'openai-responses'
  | 'openai-completion'
  | 'anthropic'
  | 'google'
  | 'openai-compatible'
  | 'gguf'
  | 'echo'
  | 'own'

/** Makes the client of a model that a program defines. */
export type MakeClient = (clock: Clock) => ModelClient

/** A resolved model: all that is needed to ask it, except the key. */
export interface ModelReference {
  /** The id in llm and in its log. */
  readonly id: string
  /** The name that the user gave. */
  readonly name: string
  /** Name in the provider list, `gguf`, `echo` or `own`. */
  readonly provider: string
  /** The provider's name for people. */
  readonly providerTitle: string
  /** The model's name for the server; for a GGUF file, its absolute path. */
  readonly apiName: string
  readonly wire: Wire
  /** Base URL from extra-openai-models.yaml; the provider's base URL if absent. */
  readonly baseUrl?: string | undefined
  /** Further headers of each call. */
  readonly headers: Readonly<Record<string, string>>
  /** Absent if no key may be sent. */
  readonly keyNeed?: ModelKey | undefined
  /** Whether the model works without a key, as a server on this machine. */
  readonly isKeyOptional: boolean
  readonly options: readonly OptionDefinition[]
  /** Sent if the user does not set the option; not logged, as in llm. */
  readonly defaultOptions?: ModelOptions | undefined
  /** Tokens of prompt and answer together for a GGUF file, if the user's folder says so. */
  readonly contextTokens?: number | undefined
  /** MIME types of attachments that an entry of extra-openai-models.yaml allows. */
  readonly attachmentTypes?: readonly string[] | undefined
  /** Of a model whose wire is `own`. */
  readonly makeClient?: MakeClient | undefined
}

/** A model as the catalog describes it, without the user's name for it. */
export type FoundModel = Omit<ModelReference, 'name'>

/** The wires that go over a network. */
export type ServerWire = Exclude<Wire, 'echo' | 'gguf' | 'own'>

/** The wires of the AI SDK. */
export type SdkWire = 'openai-responses' | 'anthropic' | 'google'

/** The wires of our own client: OpenAI's `/chat/completions`, and the old `/completions`. */
export type CompletionsWire = Exclude<ServerWire, SdkWire>
