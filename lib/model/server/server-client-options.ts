import type { Clock } from '../../port/clock.js'
import type { ModelReference, ServerWire } from '../catalog/model-reference.js'
import type { CallContext } from '../refusal/call-context.js'
import type { Transport } from '../transport/undici-transport.js'

/** What a client of a model behind a server is made of. */
export interface ServerClientOptions<SpokenWire extends ServerWire> {
  readonly reference: ModelReference & { readonly wire: SpokenWire }
  /** Headers of every call, the key's among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly context: CallContext
  readonly transport: Transport
  readonly clock: Clock
}
