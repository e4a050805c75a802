/**
 * What is kept of the hash of a prompt: the last half of its SHA-256 tells prompts apart as well as the whole, in half
 * the space.
 */
export function keptHash(hash: string): string {
  return hash.slice(-32)
}
