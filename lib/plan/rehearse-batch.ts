import { type BatchOptions, parseBatchOptions } from '../config/batch-options.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import type { Failed } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { BatchPlan } from '../run/progress.js'
import { eachRow } from '../stage/each-row.js'
import { mapPrompts } from '../stage/map-prompts.js'
import { takeRows } from '../stage/take-rows.js'
import { checkUnchanged } from './check-unchanged.js'
import { chooseBatch } from './choose-batch.js'
import { decideBatch } from './decide-batch.js'
import { columnsCheck, isOutputOf, openBatchSink } from './open-batch-sink.js'
import { planOf } from './plan-of.js'
import { askedOf } from './recorded-config.js'

/** A batch that is looked at and not run. */
export interface Rehearsal {
  readonly plan: BatchPlan
  /** The first prompts, or why there is none. */
  readonly preview: (count: number) => Promise<readonly (Prompt | Failed)[]>
  readonly close: () => Promise<void>
}

/** The plan of `openBatch` without a key, a database or an output: for looking at the first prompts. @throws {BatchError} reach run. */
export async function rehearseBatch(
  given: BatchOptions,
  surroundings: Surroundings = thisProcess(),
): Promise<Rehearsal> {
  const chosen = await chooseBatch(given, surroundings)
  const options = parseBatchOptions(chosen.options, 'The options of the batch')
  const decided = await decideBatch(options, surroundings)
  const { source, closing } = decided
  try {
    checkUnchanged(chosen.recorded, askedOf(decided.asked))
    // Never the partial output of a batch that may be running: this one is only looked at.
    const overwrite = options.overwrite || (await isOutputOf(chosen.recorded, options.output))
    const shown = { ...options, overwrite }
    const sink = await openBatchSink(shown, { decided, surroundings, opening: {} })
    const render = decided.makeRender(columnsCheck(source, { ...options, format: sink.format }))
    const plan = planOf(chosen, { options, decided, sink })
    return { plan, preview, close: closing.close }

    async function preview(count: number): Promise<readonly (Prompt | Failed)[]> {
      const limit = Math.min(count, options.limit ?? count)
      const rows = takeRows(source.rows, { limit })
      return rows.compose(mapPrompts({ render })).compose(eachRow()).toArray()
    }
  } catch (error) {
    await closing.close()
    throw error
  }
}
