/**
 * What is kept of the hash of a prompt: 24 hex digits. Two of ten million prompts have equal ones
 * with a chance of 1 in 10^15.
 */
export function keptHash(hash: string): string {
  return hash.slice(-24)
}
