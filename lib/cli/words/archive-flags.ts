import { databaseFlag, type Flag, type FlagGroup, takeOverFlag } from './flags.js'

const jsonFlag: Flag = { name: 'json', about: 'print JSON, for programs; its fields are below' }
const yesFlag: Flag = { name: 'yes', short: 'y', about: 'do not ask first; needed in scripts' }

const options = (...flags: readonly Flag[]): readonly FlagGroup[] => [
  { title: 'Options', flags: [...flags, databaseFlag] },
]

export const batchListFlagGroups = options(
  {
    name: 'status',
    value: 'STATUS',
    about: 'only running, completed, failed, paused or cancelled ones',
  },
  { name: 'limit', value: 'N', about: 'the newest N (default 20)' },
  jsonFlag,
)

export const batchStatusFlagGroups = options(
  { name: 'watch', short: 'w', about: 'show it again each second until it ends; Ctrl-C leaves' },
  jsonFlag,
)

export const batchErrorsFlagGroups = options({
  name: 'format',
  value: 'FORMAT',
  about: 'csv, jsonl or json (default csv)',
})

export const batchCancelFlagGroups = options(
  {
    name: 'grace',
    value: 'SECONDS',
    about: 'how long calls in flight may take to finish (default 30)',
  },
  takeOverFlag,
)

export const batchRemoveFlagGroups = options(yesFlag)

export const batchPruneFlagGroups = options(
  {
    name: 'older-than',
    value: 'AGE',
    about: 'only without a sign of life for this long, as 30d, 12h or 2w',
  },
  yesFlag,
)
