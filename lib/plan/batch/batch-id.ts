import { basename, extname } from 'node:path'
import { nameWithin } from '../../source/decompress-input.js'

/** Letters and digits that cannot be taken for one another. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz'

/**
 * A short id that can be typed, from the input's name: `reviews-k3x9qd`.
 *
 * @param random a draw from 0 up to, not including, 1.
 */
export function batchId(inputPath: string, random: () => number): string {
  const name = inputPath === '-' ? 'stdin' : stemOf(nameWithin(inputPath))
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-')
  // Without dots and dashes at its ends.
  const stem = /\w(?:.*\w)?/.exec(plain)?.[0].slice(0, 40)
  const draw = (): string => alphabet.charAt(Math.floor(random() * alphabet.length))
  return `${stem || 'batch'}-${Array.from({ length: 6 }, draw).join('')}`
}

function stemOf(path: string): string {
  return basename(path, extname(path))
}
