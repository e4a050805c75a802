import { type BatchError, runError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { ModelOptions } from '../row/prompt.js'
import type { ModelReference } from './catalog/model-reference.js'
import { findProvider, providerBaseUrl } from './catalog/provider-list.js'
import { withoutEndSlashes } from './catalog/without-end-slashes.js'
import { createEcho } from './echo.js'
import { checkHeaders } from './server/check-headers.js'
import { checkListening } from './transport/check-listening.js'
import { secretsOf } from './transport/secrets-of.js'
import { userAgent } from './transport/user-agent.js'

export interface OpenModelOptions {
  readonly reference: ModelReference
  /** Absent for a model without a key. */
  readonly key?: string | undefined
  /** For base URLs and proxies. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Most calls at the same time: the number of sockets, or of texts generated together. */
  readonly connections: number
  /** Megabytes that a reply may have, unpacked; 64 if absent. */
  readonly maxReplyMb?: number | undefined
  /** Options of the prompts. */
  readonly modelOptions?: ModelOptions | undefined
}

/**
 * Opens a client for a model. The only use of the network is to check whether a server on this
 * machine is running.
 *
 * @throws {BatchError} CONNECTION_FAILED if that server is not running, CONFIG_INVALID for an
 * invalid base URL, KEY_INVALID for a key that a header cannot hold; for a GGUF file as
 * `createGgufClient`.
 */
export async function openModel(options: OpenModelOptions): Promise<ModelClient> {
  const { reference, environment, clock, connections, maxReplyMb, modelOptions = {} } = options
  // A model that takes no key gets none: the server may belong to anybody.
  const key = reference.keyNeed === undefined ? undefined : options.key
  const { wire, id, apiName: path, contextTokens } = reference
  if (wire === 'echo') return createEcho({ clock })
  if (wire === 'gguf') {
    const { createGgufClient } = await import('./gguf/gguf-client.js')
    return createGgufClient({
      id,
      path,
      contextTokens,
      modelOptions,
      sequences: connections,
      clock,
    })
  }
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) throw keyMalformed(reference)
  checkHeaders(reference)
  const provider = findProvider(reference.provider)
  const named =
    reference.baseUrl ?? (provider === undefined ? '' : providerBaseUrl(provider, environment))
  const baseUrl = parseBaseUrl(named, reference)
  const variable = provider?.baseUrlVariables[0] ?? 'its base URL'
  const pointer = reference.baseUrl === undefined ? variable : 'its api_base'
  await checkListening({ baseUrl, providerTitle: reference.providerTitle, pointer })
  const { origin } = new URL(baseUrl)
  // Imported on first use: the network libraries take longer to load than a whole run of `echo`.
  const { openTransport } = await import('./transport/undici-transport.js')
  const secrets = secretsOf({ key, headers: reference.headers, environment })
  const server = {
    clock,
    headers: { ...reference.headers, ...callHeaders(reference, key) },
    transport: openTransport({ origin, connections, secrets, environment, maxReplyMb }),
    context: {
      provider: reference.provider,
      providerTitle: reference.providerTitle,
      modelName: reference.name,
      baseUrl,
      keyName: reference.keyNeed?.name,
      key,
      isLocal: provider?.isLocal ?? false,
    },
  }
  const isChat = wire === 'openai-responses' && modelOptions.chat_completions === true
  const spoken = isChat ? 'openai-chat' : wire
  switch (spoken) {
    case 'openai-responses':
    case 'anthropic':
    case 'google': {
      // The SDK would print warnings on standard output, among the results.
      Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
      const { createAiSdkClient } = await import('./server/ai-sdk-client.js')
      return await createAiSdkClient({ ...server, reference: { ...reference, wire: spoken } })
    }
    default: {
      const { createCompletionsClient } = await import('./server/completions-client.js')
      return createCompletionsClient({ ...server, reference: { ...reference, wire: spoken } })
    }
  }
}

function callHeaders({ wire }: ModelReference, key: string | undefined): Record<string, string> {
  const common = { 'content-type': 'application/json', 'user-agent': userAgent }
  switch (wire) {
    case 'anthropic':
      return {
        ...common,
        'anthropic-version': '2023-06-01',
        ...(key !== undefined && { 'x-api-key': key }),
      }
    case 'google':
      return { ...common, ...(key !== undefined && { 'x-goog-api-key': key }) }
    default:
      return { ...common, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  }
}

/** Normalised as by `fetch`, so that the path follows the origin. */
function parseBaseUrl(text: string, { providerTitle }: ModelReference): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw baseUrlInvalid(text, providerTitle)
  return `${url.origin}${withoutEndSlashes(url.pathname)}`
}

function keyMalformed({ providerTitle, keyNeed }: ModelReference): BatchError {
  return runError(
    'KEY_INVALID',
    `Invalid API key for ${providerTitle}: it is empty, or has spaces or characters that a key cannot have`,
    `Set another key with 'llm keys set ${keyNeed?.name ?? 'NAME'}'.`,
  )
}

function baseUrlInvalid(text: string, providerTitle: string): BatchError {
  return runError(
    'CONFIG_INVALID',
    `The base URL of ${providerTitle} is not an http(s) URL: ${text}`,
    'Write it with the path up to and including the version, such as http://host/v1.',
  )
}
