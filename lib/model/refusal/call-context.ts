/** What an error's message may say of the call that failed, and the key it must not say. */
export interface CallContext {
  /** Name in the provider list. */
  readonly provider: string
  readonly providerTitle: string
  /** As the user called it. */
  readonly modelName: string
  readonly baseUrl: string
  /** Name of the key in keys.json. */
  readonly keyName: string | undefined
  readonly key: string | undefined
  /** Whether the server is one on the user's machine. */
  readonly isLocal: boolean
}
