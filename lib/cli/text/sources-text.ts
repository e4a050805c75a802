import type { Tally } from '../../row/tally.js'
import { countText } from './amount-text.js'

/**
 * How many answers were not asked for, as in ` (4 from the cache, 3 equal prompts)`. Empty if the
 * model was asked for all of them.
 */
export function sourcesText({
  recalled,
  cached,
  deduped,
}: Pick<Tally, 'recalled' | 'cached' | 'deduped'>): string {
  const parts = [
    recalled === 0 ? '' : `${countText(recalled)} by earlier runs`,
    cached === 0 ? '' : `${countText(cached)} from the cache`,
    deduped === 0 ? '' : `${countText(deduped)} equal ${deduped === 1 ? 'prompt' : 'prompts'}`,
  ].filter(part => part !== '')
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}
