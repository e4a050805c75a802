import type { Clock } from '../../port/clock.js'
import type { ModelReference, ServerWire } from '../catalog/model-reference.js'
import type { Endpoint } from '../error-reply/endpoint.js'
import type { Transport } from '../transport/undici-transport.js'

/** What a client of a server's model needs. */
export interface ServerClientOptions<SpokenWire extends ServerWire> {
  readonly reference: ModelReference & { readonly wire: SpokenWire }
  /** Headers of every call, also the key's. */
  readonly headers: Readonly<Record<string, string>>
  readonly endpoint: Endpoint
  readonly transport: Transport
  readonly clock: Clock
}
