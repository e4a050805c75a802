/**
 * The part of a prompt's hash that is kept: 24 hex digits. The chance that two of ten million
 * prompts have equal ones is 1 in 10^15.
 */
export function keptHash(hash: string): string {
  return hash.slice(-24)
}
