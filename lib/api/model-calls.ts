import { type CallPath, callPath as pathOf } from '../call/call-path.js'
import type { CallPathOptions } from '../call/call-path-options.js'
import { parseBatchOptions } from '../config/batch-options.js'
import { systemClock } from '../host/system-clock.js'
import type { ModelClient } from '../port/model-client.js'
import { type Model, partsOf } from './model.js'

/** As the options of a batch, and with the same defaults. */
export type ModelCallsOptions = Partial<CallPathOptions>

/** Whatever has `ask`. */
export type CallsClient = Pick<ModelClient, 'ask' | 'begin'> & Partial<ModelClient>

/** The calls of a model, with what they were opened for. */
export interface ModelCalls extends CallPath {
  /** Closes sockets, and frees the memory of a model in a file. Calls in flight may fail. */
  readonly close: () => Promise<void>
}

/**
 * The way of prompts to a model: slots, pace, timeout, retries. For `invokeModel`. The model is
 * opened for its first call.
 *
 * @param options as those of a batch: one call at a time and no limits if absent.
 * @throws {BatchError} OPTIONS_INVALID for a value that is not a model.
 * @example
 *     const calls = callPath(await getModel('echo'), { concurrency: 8 })
 *     const render = renderRow('Classify: {review_text}')
 *     const stages = [mapPrompts({ render }), invokeModel({ calls }), restoreOrder()]
 *     await pipeline([readRows('reviews.csv'), ...stages, writeRows('out.csv')])
 *     await calls.close()
 */
export function callPath(model: Model | CallsClient, options: ModelCallsOptions = {}): ModelCalls {
  const { concurrency = 1 } = options
  const { retries, timeoutMs, deadlineMs, acceptTruncated } = defaults()
  const isClient = 'ask' in model
  const client = isClient ? model : openedLate(model, concurrency)
  const clock = isClient ? systemClock : partsOf(model).clock
  const path = pathOf(client, {
    ...{ retries, timeoutMs, deadlineMs, acceptTruncated, clock },
    ...options,
    concurrency,
  })
  return { ...path, close: async () => client.close?.() }
}

function defaults() {
  return parseBatchOptions({ input: '-' }, 'The defaults')
}

function openedLate(model: Model, connections: number): ModelClient {
  const { open, reference } = partsOf(model)
  let opening: Promise<ModelClient> | undefined
  return {
    id: reference.id,
    provider: reference.provider,
    async ask(prompt, signal) {
      opening ??= open(connections)
      return (await opening).ask(prompt, signal)
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close()
    },
  }
}
