import type { Readable } from 'node:stream'
import type { BatchOptions } from '../config/batch-options.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import type { StoredBatch } from '../port/stored-batch.js'
import type { Failed } from '../row/outcome.js'
import type { Prompt } from '../row/prompt.js'
import type { Plan } from '../run/plan.js'
import { promptStages } from '../run/prompt-stages.js'
import { eachRow } from '../stage/each-row.js'
import { takeRows } from '../stage/take-rows.js'
import { checkUnchanged } from './batch/recorded-config.js'
import { isOutputOf, openBatchOutput } from './open-batch-output.js'
import { type PlannedBatch, planBatch } from './plan-batch.js'

/** A batch that is planned and not run. */
export interface Rehearsal {
  readonly plan: Plan
  /** The recorded batch that a run would continue; absent for a new one. */
  readonly before: StoredBatch | undefined
  /** The first prompts, or why a row gives none. */
  readonly preview: (count: number) => Promise<readonly (Prompt | Failed)[]>
  readonly close: () => Promise<void>
}

/**
 * Plans a batch as `openBatch` does, to look at the plan and the first prompts. Needs no key,
 * records nothing, and leaves an output as it is.
 *
 * @throws {BatchError} reach run.
 * @example
 *     const template = 'Classify: {review_text}'
 *     const asked = { input: 'reviews.csv', template, model: 'echo' }
 *     const { plan, preview, close } = await rehearseBatch(asked)
 *     for (const one of await preview(3)) console.log(one.kind === 'prompt' ? one.text : one.error)
 *     await close()
 *     console.log(plan.modelId, plan.warnings)
 */
export async function rehearseBatch(
  given: BatchOptions,
  surroundings: Surroundings = thisProcess(),
): Promise<Rehearsal> {
  const planned = await planBatch(given, surroundings)
  const { plan, recorded, source, closing } = planned
  try {
    await checkPlanned(planned, surroundings)
    return { plan, before: recorded, preview, close: closing.close }
  } catch (error) {
    await closing.close()
    throw error
  }

  async function preview(count: number): Promise<readonly (Prompt | Failed)[]> {
    const rows = takeRows({ limit: Math.min(count, plan.limit ?? count) })(source.rows)
    const prompts = promptStages(plan).reduce<Readable>(
      (before, stage) => before.compose(stage),
      rows,
    )
    return prompts.compose(eachRow()).toArray()
  }
}

/**
 * Checks what is only checked when a batch is opened: what is asked, and the output.
 *
 * @throws {BatchError} reach run.
 */
export async function checkPlanned(
  planned: PlannedBatch,
  { stdout }: Pick<Surroundings, 'stdout'>,
): Promise<void> {
  const { recorded, asked, options } = planned
  checkUnchanged(recorded, asked)
  // A running batch may be writing its own output: only whether a file can be written there is
  // looked at.
  const overwrite = options.overwrite || (await isOutputOf(recorded, options.output))
  await openBatchOutput(planned, { stdout, overwrite })
}
