/** Where a key may be found: names in keys.json, then variables of the environment. */
export interface ModelKey {
  /** Name in keys.json, such as `openai`. */
  readonly name: string
  /** Further names that the key may be stored under, tried after `name`. */
  readonly alsoNamed?: readonly string[]
  /** Environment variables; the first that is set counts. */
  readonly variables: readonly string[]
}

/** An entry of llm's extra-openai-models.yaml, with llm's names for its keys. */
export interface ExtraModel {
  /** Id inside llm. */
  readonly model_id: string
  /** Name sent to the server. */
  readonly model_name: string
  readonly aliases: readonly string[]
  readonly api_base?: string
  readonly api_key_name?: string
  /** Further HTTP headers. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether the model is asked through the old completions endpoint. */
  readonly completion: boolean
  /** Whether the model is asked through the Responses API. */
  readonly responses: boolean
  readonly reasoning: boolean
  readonly can_stream?: boolean
  readonly supports_schema?: boolean
  readonly supports_tools?: boolean
  readonly vision?: boolean
  readonly audio?: boolean
  /** llm's `service_tier`: whether the server takes that option. */
  readonly tier?: boolean
}

/** A GGUF file that has a name. */
export interface GgufModel {
  /** Known to llm as `gguf/NAME`. */
  readonly name: string
  /** Absolute path; the file need not exist. */
  readonly path: string
  readonly aliases: readonly string[]
  /** Tokens of prompt and answer together, where the user's folder says so. */
  readonly contextTokens?: number
}

/** What the user's folder says about the names of models. */
export interface ModelNames {
  /** Alias → id. */
  readonly aliases: ReadonlyMap<string, string>
  readonly extraModels: readonly ExtraModel[]
  readonly ggufModels: readonly GgufModel[]
}
