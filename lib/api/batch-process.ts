import { pipeline, Readable } from 'node:stream'
import { callPath } from '../batch/call-path.js'
import { renderRow } from '../batch/render-row.js'
import { parseBatchOptions } from '../config/batch-options.js'
import type { Outcome } from '../row/outcome.js'
import { invokeModel } from '../stage/invoke-model.js'
import { mapPrompts } from '../stage/map-prompts.js'
import { restoreOrder } from '../stage/restore-order.js'
import { createStopSwitch } from '../stage/stop-switch.js'
import { takeRows } from '../stage/take-rows.js'
import { parseTemplate } from '../template/parse-template.js'
import type { Model } from './get-model.js'
import { promptRows } from './prompt-rows.js'
import { type Response, responseOf } from './response.js'
import { systemClock } from './system-clock.js'

export interface BatchProcessOptions {
  /** Calls in flight at once; 1 when absent. */
  readonly concurrency?: number
  /** Calls started per minute; no limit when absent. */
  readonly rateLimit?: number
  readonly system?: string
  /** Further attempts after a failed one. */
  readonly retries?: number
  readonly timeoutMs?: number
  readonly deadlineMs?: number
  readonly acceptTruncated?: boolean
  readonly order?: 'input' | 'completion'
}

/**
 * Asks a model each of the prompts, and gives `[prompt, response]` as they come, in the order of the prompts.
 *
 * A prompt that fails, or is no text, gives a response with an `error`; only what stops everything (a refused key) is thrown.
 * Nothing is recorded. Leaving the loop early ends the calls.
 */
export async function* batchProcess(
  model: Model,
  prompts: Iterable<string> | AsyncIterable<string>,
  given: BatchProcessOptions = {},
): AsyncGenerator<[prompt: string, response: Response]> {
  const { system, ...rest } = given
  const options = parseBatchOptions({ input: '-', ...rest }, 'The options of batchProcess')
  const rows = promptRows(prompts)
  const clock = model.surroundings.clock ?? systemClock
  const client = await model.open(options.concurrency)
  const stop = createStopSwitch()
  const { settle } = callPath(client.ask, { ...options, clock })
  const render = renderRow({
    template: parseTemplate('{prompt}'),
    system:
      system === undefined ? undefined : { parts: [{ kind: 'text', text: system }], defaults: {} },
    fragments: [],
    systemFragments: [],
    modelId: model.id,
    modelOptions: model.options,
  })
  const outcomes = pipeline(
    [
      takeRows(Readable.from(rows), { stopping: stop.signal }),
      mapPrompts({ render }),
      invokeModel({ settle, windowRows: options.concurrency + 64, stop }),
      ...(options.order === 'input' ? [restoreOrder()] : []),
    ],
    () => {
      // An error of any of them destroys the last one with it, and the loop below throws it.
    },
  )
  try {
    for await (const outcome of outcomes as unknown as AsyncIterable<Outcome>) {
      if (outcome.kind === 'skipped') continue
      yield [String(outcome.row.columns.prompt), responseOf(outcome)]
    }
    const reason = stop.reason()
    if (reason !== undefined) throw reason
  } finally {
    await client.close()
  }
}
