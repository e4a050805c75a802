import { realpath, rm } from 'node:fs/promises'
import { resolve } from 'node:path'

/** Where an output is written anew: beside the old one, under a name that has the batch in it and is nobody else's. */
export function partialPath(place: string, batchId: string): string {
  return `${place}.${batchId}.partial`
}

/** Where a link leads, so that it stays a link. */
export function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}

/** Removes what a run that was killed while it went on with a batch may have left beside its output. */
export async function removePartial(output: string, batchId: string): Promise<void> {
  // What cannot be removed harms nobody.
  await rm(partialPath(await placeOf(output), batchId), { force: true }).catch(() => undefined)
}
