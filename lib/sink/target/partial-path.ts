import { rm } from 'node:fs/promises'
import { resolveLinks } from '../../disk/resolve-links.js'

/**
 * Where an output is written anew: beside the old one, under a name that has the batch in it and is
 * nobody else's.
 */
export function partialPath(place: string, batchId: string): string {
  return `${place}.${batchId}.partial`
}

/**
 * Removes what a run that was killed while it went on with a batch may have left beside its output.
 */
export async function removePartial(output: string, batchId: string): Promise<void> {
  // What cannot be removed harms nobody.
  await rm(partialPath(await resolveLinks(output), batchId), { force: true }).catch(() => undefined)
}
