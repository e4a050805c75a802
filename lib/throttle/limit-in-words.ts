import type { StatedLimit } from '../error/stated-limit.js'
import { parseDuration } from './parse-duration.js'

const windowsMs: Readonly<Record<string, number>> = { min: 60_000, minute: 60_000, day: 86_400_000 }

/**
 * Reads the limit that a refusal names in its words, which are the only place where Groq states its
 * tokens per day: "Rate limit reached for model `m` in organization `o` on tokens per day (TPD):
 * Limit 500000, Used 499860, Requested 642. Please try again in 1m26.7s."
 *
 * @returns undefined if the words name no limit.
 */
export function limitInWords(message: string): StatedLimit | undefined {
  const said =
    /\bon (requests|tokens) per (min|minute|day) ?(?:\([A-Z]{3}\))?: ?Limit:? ([\d,]{1,15}), Used:? ([\d,]{1,15})/i.exec(
      message,
    )
  const [, kind = '', window = '', limitText = '', usedText = ''] = said ?? []
  const windowMs = windowsMs[window.toLowerCase()]
  const limit = Number(limitText.replaceAll(',', ''))
  if (windowMs === undefined || !(limit > 0)) return undefined
  const remaining = Math.max(0, limit - Number(usedText.replaceAll(',', '')))
  const stated = { name: `${kind} per ${window}`.toLowerCase(), windowMs, limit, remaining }
  return { ...stated, kind: kind.toLowerCase() === 'requests' ? 'requests' : 'tokens' }
}

/** "Please try again in 7m12s": for a quota, when its next part opens. */
export function waitInWords(message: string): number | undefined {
  const [, duration] = /try again in (\d[\d.hms]{0,30})/i.exec(message) ?? []
  return duration === undefined ? undefined : parseDuration(duration.replace(/\.$/, ''))
}
