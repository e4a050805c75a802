import { rm } from 'node:fs/promises'
import { resolveLinks } from '../../disk/resolve-links.js'

/** The path of a new output beside the old one. The batch's id in the name makes it unique. */
export function partialPath(place: string, batchId: string): string {
  return `${place}.${batchId}.partial`
}

/** Removes what a killed resume may have left beside its output. */
export async function removePartial(output: string, batchId: string): Promise<void> {
  // A file that cannot be removed does no harm.
  await rm(partialPath(await resolveLinks(output), batchId), { force: true }).catch(() => undefined)
}
