import { parseConcurrency, parsePositiveNumber } from '../../config/parse-number.js'
import { type BatchFlag, flag } from './flag.js'
import { atLeast, seconds } from './read-value.js'

export const paceFlags: readonly BatchFlag[] = [
  flag('--concurrency N', 'calls in flight at once, or auto: what the server takes (default 1)', {
    read: (text, name) => parseConcurrency(text, { name }),
  }),
  flag('--rate-limit N', 'calls per minute, evenly spaced (default: no limit)', {
    read: (text, name) => parsePositiveNumber(text, { name }),
  }),
  flag('--token-limit N', 'input and output tokens per minute (default: no limit)', {
    read: (text, name) => parsePositiveNumber(text, { name }),
  }),
  flag('--share-limits', 'share these limits with other processes that use the same key'),
  flag('--max-cost USD', 'pause before the batch could cost more than this', {
    option: 'maxCostUsd',
    read: (text, name) => parsePositiveNumber(text, { name }),
  }),
  flag('--retries N', 'further attempts for a row (default 5)', { read: atLeast(0) }),
  flag('--timeout SECONDS', 'give up an attempt after this time (default 120)', {
    option: 'timeoutMs',
    read: seconds,
  }),
  flag('--deadline SECONDS', 'give up a row after this time, waits included (default 3600)', {
    option: 'deadlineMs',
    read: seconds,
  }),
  flag('--stop-on-error', 'stop at the first row that fails'),
  flag('--no-fail-fast', 'continue if the first 10 rows, or 5 refused ones in turn, fail alike'),
]
