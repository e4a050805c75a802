import { isIPv4, isIPv6 } from 'node:net'
import type { PricePlace } from '../../pricing/price-model.js'
import type { ModelOptions } from '../../row/prompt.js'
import type { ModelReference } from './model-reference.js'
import { findProvider, type Provider, providerBaseUrl, providerList } from './provider-list.js'

export interface PricePlaceOptions {
  /** For base URLs. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly modelOptions: ModelOptions
}

/** Providers that the price list calls by other names than we do. */
const listNames: Readonly<Record<string, string>> = { xai: 'x-ai' }

/** OpenAI's tiers that have the prices of the list. */
const listedTiers = new Set(['auto', 'default', 'standard'])

/**
 * Where a model is asked, as far as its price depends on the place.
 *
 * A gateway that stands in for a provider (`OPENAI_BASE_URL`) is asked for the provider's model, so
 * the provider's list price is the best guess, and the price says so. A server of
 * extra-openai-models.yaml has models and prices of its own, unless the server is a provider's.
 */
export function pricePlace(
  reference: ModelReference,
  { environment, modelOptions }: PricePlaceOptions,
): PricePlace {
  const { wire, id, apiName, baseUrl } = reference
  if (wire === 'echo') return { kind: 'own', why: 'echo calls no model and costs nothing' }
  if (wire === 'gguf') return onOwnMachine(id)
  if (wire === 'own') return { kind: 'unlisted', why: `${id} is a function of your program` }
  const provider = findProvider(reference.provider)
  const address = baseUrl ?? (provider && providerBaseUrl(provider, environment)) ?? ''
  const host = hostOf(address)
  if (provider?.isLocal) return isOwnHost(host) ? ownServer(id, apiName) : elsewhere(host)
  const { service_tier: tier } = modelOptions
  if (typeof tier === 'string' && !listedTiers.has(tier)) {
    return { kind: 'unlisted', why: `the list has no prices for service_tier ${tier}` }
  }
  const asked = baseUrl === undefined ? provider : providerAt(baseUrl)
  if (asked === undefined) return elsewhere(host)
  return {
    kind: 'listed',
    provider: listNames[asked.name] ?? asked.name,
    title: asked.title,
    model: apiName,
    gateway: host === hostOf(asked.baseUrl) ? undefined : host,
  }
}

/** The provider whose own server has this address. */
function providerAt(address: string): Provider | undefined {
  return providerList.find(
    ({ isLocal, baseUrl }) => !isLocal && hostOf(baseUrl) === hostOf(address),
  )
}

/** Ollama runs models whose names end with `cloud` on its own servers. */
function ownServer(id: string, apiName: string): PricePlace {
  if (!/[:-]cloud$/.test(apiName)) return onOwnMachine(id)
  return { kind: 'unlisted', why: 'models whose names end with "cloud" run elsewhere' }
}

function onOwnMachine(id: string): PricePlace {
  return { kind: 'own', why: `${id} runs on your own machine and costs nothing` }
}

function elsewhere(host: string): PricePlace {
  return { kind: 'unlisted', why: `no list has the prices of ${host}` }
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address
}

/** This machine, or a machine of a private network: addresses and names that the Internet lacks. */
function isOwnHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  if (isIPv4(name)) return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.|^0\.0\.0\.0$/.test(name)
  if (isIPv6(name)) return /^(::1$|f[cd])/.test(name)
  return /^[a-z\d_-]*$|\.(local|localhost|lan|home|internal)$/i.test(name)
}
