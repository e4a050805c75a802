import { parseAge } from '../../config/parse-age.js'
import type { Flag } from './command.js'
import { type BatchFlag, flag } from './flag.js'
import { usageInvalid } from './usage-errors.js'

export const reuseFlags: readonly BatchFlag[] = [
  flag('--dedupe', 'ask equal prompts once, and give the answer to each row'),
  flag('--cache', 'use the answers that other batches have recorded for equal prompts'),
  flag('--cache-age AGE', 'limit the age of these answers, such as 12h or 7d; turns --cache on', {
    option: 'cacheAgeMs',
    read: readCacheAge,
  }),
]

export const takeOverFlag: Flag = flag(
  '--take-over',
  'treat the process that holds the batch as dead, though it seems alive',
)

export const resumeFlags: readonly BatchFlag[] = [
  flag('--resume', 'continue a batch: ask only its new, changed and failed rows'),
  flag('--batch-id ID', 'name of the new batch, or of the batch to resume', {
    read: checkBatchId,
  }),
  takeOverFlag,
  flag('--restart', 'start a new batch, and replace the output of the old batch'),
  flag('--only-new', 'print only the rows that this run answers'),
]

export const databaseFlag: Flag = flag(
  '-d, --database PATH',
  "database to use instead of llm's logs.db",
)

export const recordFlags: readonly BatchFlag[] = [
  flag('-n, --no-log', "write no answers to llm's log"),
  databaseFlag,
]

function readCacheAge(text: string, name: string): number {
  const ageMs = parseAge(text, { name })
  if (ageMs > 0) return ageMs
  throw usageInvalid(`${name} expects an age of more than 0, got ${text}.`)
}

function checkBatchId(text: string, name: string): string {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text
  const shown = JSON.stringify(text.slice(0, 80))
  throw usageInvalid(
    `${name} expects 1 to 64 letters, digits, dots, dashes or underscores, got ${shown}.`,
  )
}
