import { type BatchError, runError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { ModelClient } from '../port/model-client.js'
import type { JsonSchema } from '../row/json-schema.js'
import type { ModelOptions } from '../row/prompt.js'
import { azureBaseUrl } from './catalog/azure-base-url.js'
import type { MakeClient, ModelReference, ServerWire } from './catalog/model-reference.js'
import { findProvider, providerBaseUrl } from './catalog/provider-list.js'
import { createEcho } from './echo.js'
import { limitsDigest } from './secret/limits-digest.js'
import { checkHeaders } from './server/check-headers.js'
import { checkListening } from './transport/check-listening.js'
import { collectSecrets } from './transport/collect-secrets.js'
import { userAgent } from './transport/user-agent.js'

interface OpenModelOptions {
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
  /** Options and schema of the prompts. */
  readonly modelOptions?: ModelOptions | undefined
  readonly schema?: JsonSchema | undefined
  /** Whether prompts are whole requests of OpenAI's API. */
  readonly isAskedWhole?: boolean | undefined
}

/**
 * Opens a client for a model. The network is used only to look up the host's name, and to check
 * whether a server on this machine is running.
 *
 * @throws {BatchError} CONNECTION_FAILED as `checkListening`, CONFIG_INVALID for an invalid base
 * URL, KEY_INVALID for a key that a header cannot hold; for a GGUF file as `createGgufClient`.
 */
export async function openModel(options: OpenModelOptions): Promise<ModelClient> {
  const { reference, environment, clock, connections, maxReplyMb, modelOptions = {} } = options
  const { wire, id, apiName: path, contextTokens, providerTitle, headers } = reference
  if (wire === 'own') return (reference.makeClient as MakeClient)(clock)
  if (wire === 'echo') return { ...createEcho(clock), budgetId: id }
  if (wire === 'gguf') {
    const { createGgufClient } = await import('./gguf/gguf-client.js')
    const sequences = connections
    const { schema } = options
    const gguf = { id, path, contextTokens, modelOptions, schema, sequences, clock }
    return { ...(await createGgufClient(gguf)), budgetId: path }
  }
  // A model that takes no key gets none: the server may belong to anybody.
  const key = reference.keyNeed === undefined ? undefined : options.key
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) throw keyMalformed(reference)
  checkHeaders(reference)
  const provider = findProvider(reference.provider)
  const isAzure = provider?.name === 'azure'
  const address =
    reference.baseUrl ??
    (isAzure ? azureBaseUrl(environment, path) : undefined) ??
    (provider && providerBaseUrl(provider, environment)) ??
    ''
  const { baseUrl, query } = parseBaseUrl(address, providerTitle)
  const variable = isAzure
    ? 'AZURE_OPENAI_ENDPOINT'
    : (provider?.baseUrlVariables[0] ?? 'the base URL')
  const setting = reference.baseUrl === undefined ? variable : 'the api_base of the model'
  await checkListening({ baseUrl, providerTitle, setting, environment })
  const { origin } = new URL(baseUrl)
  const secrets = collectSecrets(key, headers, environment)
  // Imported on first use: the network libraries take longer to load than a whole run of `echo`.
  const { openTransport } = await import('./transport/undici-transport.js')
  const common = { 'content-type': 'application/json', 'user-agent': userAgent }
  const server = {
    clock,
    headers: { ...headers, ...common, ...keyHeaders(isAzure ? 'azure' : wire, key) },
    transport: openTransport({ origin, connections, secrets, environment, maxReplyMb }),
    endpoint: {
      provider: reference.provider,
      providerTitle,
      modelName: reference.name,
      baseUrl,
      query,
      keyName: reference.keyNeed?.name,
      key,
      isLocal: provider?.isLocal ?? false,
    },
  }
  const budgetId = limitsDigest({ baseUrl: baseUrl + query, model: path, key })
  const isChat = wire === 'openai-responses' && modelOptions.chat_completions === true
  const usedWire = isChat || options.isAskedWhole ? 'openai-chat' : wire
  switch (usedWire) {
    case 'openai-responses':
    case 'anthropic':
    case 'google': {
      // The SDK would print warnings on standard output, among the results.
      Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false })
      const { createAiSdkClient } = await import('./server/ai-sdk-client.js')
      const client = createAiSdkClient({ ...server, reference: { ...reference, wire: usedWire } })
      return { ...(await client), budgetId }
    }
    default: {
      const { createCompletionsClient } = await import('./server/completions-client.js')
      const served = { ...reference, wire: usedWire }
      return { ...createCompletionsClient({ ...server, reference: served }), budgetId }
    }
  }
}

/** The key in the header that the server wants. Anthropic also wants its version. */
function keyHeaders(wire: ServerWire | 'azure', key: string | undefined): Record<string, string> {
  if (wire === 'anthropic') {
    return { 'anthropic-version': '2023-06-01', ...(key !== undefined && { 'x-api-key': key }) }
  }
  if (key === undefined) return {}
  if (wire === 'azure') return { 'api-key': key }
  return wire === 'google' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` }
}

/** Normalised as by `fetch`, so that the path follows the origin. A query stays. */
function parseBaseUrl(text: string, providerTitle: string): { baseUrl: string; query: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) {
    const baseUrl = `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`
    return { baseUrl, query: url.search }
  }
  throw runError(
    'CONFIG_INVALID',
    `The base URL of ${providerTitle} is not an http(s) URL: ${text}`,
    'Write the URL with its path up to and including the version, such as http://host/v1.',
  )
}

function keyMalformed({ providerTitle, keyNeed }: ModelReference): BatchError {
  return runError(
    'KEY_INVALID',
    `Invalid API key for ${providerTitle}: it is empty, or has spaces or characters that a key cannot have`,
    `Set another key with 'llm keys set ${keyNeed?.name ?? 'NAME'}'.`,
  )
}
