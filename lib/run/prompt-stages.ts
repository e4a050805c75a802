import type { Duplex } from 'node:stream'
import { attachFiles } from '../stage/attach-files.js'
import { mapPrompts } from '../stage/map-prompts.js'
import type { Plan } from './plan.js'

/**
 * The stages between rows and prompts: what a run, an estimate and a preview ask is the same.
 *
 * @param stopping ends the search for attachments.
 */
export function promptStages(
  { render, attachments }: Pick<Plan, 'render' | 'attachments'>,
  stopping?: AbortSignal,
): readonly Duplex[] {
  const attach = attachments?.attach
  return [
    mapPrompts({ render }),
    ...(attach === undefined ? [] : [attachFiles({ attach, stopping })]),
  ]
}
