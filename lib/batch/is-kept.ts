import type { StoredBatch } from '../port/stored-batch.js'

/** Whether the batch's answers outlive it: those that are not logged are forgotten when it is whole. */
export function isKept({ config }: Pick<StoredBatch, 'config'>): boolean {
  return (JSON.parse(config) as { readonly log?: boolean }).log !== false
}
