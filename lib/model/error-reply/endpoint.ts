/** What a message may say of a failed call, and the key that it must not show. */
export interface Endpoint {
  /** Name in the provider list. */
  readonly provider: string
  readonly providerTitle: string
  /** The name that the user gave. */
  readonly modelName: string
  /** Without its query. */
  readonly baseUrl: string
  /** What follows the path of each call, such as `?api-version=2024-10-21`; absent if nothing. */
  readonly query?: string | undefined
  /** Name of the key in keys.json. */
  readonly keyName: string | undefined
  readonly key: string | undefined
  /** Whether the server runs on the user's machine. */
  readonly isLocal: boolean
}
