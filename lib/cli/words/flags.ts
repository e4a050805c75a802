/** One option of a command. Parsing, help and "did you mean" use these definitions. */
export interface Flag {
  /** The long name in help: `rate-limit`; for a switch that is on by default, `no-log`. */
  readonly name: string
  /** One letter. */
  readonly short?: string
  /** The value's name in help; absent for a switch. */
  readonly value?: string
  /** Whether it takes two words, `-o KEY VALUE`, and may be repeated. */
  readonly isPair?: true
  /** Whether repeated values are collected; else the last counts. */
  readonly isRepeatable?: true
  /** Whether an empty value is allowed. */
  readonly mayBeEmpty?: true
  /** One line. */
  readonly about: string
}

export interface FlagGroup {
  readonly title: string
  readonly flags: readonly Flag[]
}

const inputFlags: readonly Flag[] = [
  {
    name: 'input-format',
    value: 'FORMAT',
    about: 'text, csv, tsv, json, jsonl or xlsx; else by name or first bytes',
  },
  { name: 'json-path', value: 'PATH', about: 'where the array is in a JSON input, as data.items' },
  { name: 'limit', value: 'N', about: 'take the first N rows only' },
  {
    name: 'max-unpacked',
    value: 'MB',
    about: 'what a workbook may unpack to (default 100 times its size, 64 to 2048)',
  },
]

const promptFlags: readonly Flag[] = [
  {
    name: 'template',
    short: 't',
    value: 'TEXT',
    about: 'text with {column} in it, or the name of a saved template',
  },
  {
    name: 'system',
    short: 's',
    value: 'TEXT',
    mayBeEmpty: true,
    about: 'system prompt; may hold {column} too',
  },
]

const modelFlags: readonly Flag[] = [
  { name: 'model', short: 'm', value: 'NAME', about: 'id or alias; see llm models' },
  {
    name: 'option',
    short: 'o',
    value: 'KEY VALUE',
    isPair: true,
    about: 'option of the model, as -o temperature 0.2; again for more',
  },
  { name: 'key', value: 'KEY', about: 'name of a stored key, or a key itself' },
  {
    name: 'accept-truncated',
    about: 'count an answer that was cut by length as an answer',
  },
  { name: 'max-reply', value: 'MB', about: 'the longest reply that is read (default 64)' },
]

const paceFlags: readonly Flag[] = [
  { name: 'concurrency', value: 'N', about: 'calls in flight at once (default 1)' },
  { name: 'rate-limit', value: 'N', about: 'calls per minute, evenly spaced (default: no limit)' },
  { name: 'retries', value: 'N', about: 'further attempts for a row (default 5)' },
  { name: 'timeout', value: 'SECONDS', about: 'give up an attempt after this long (default 120)' },
  {
    name: 'deadline',
    value: 'SECONDS',
    about: 'give up a row after this long, waits counted (default 3600)',
  },
  { name: 'stop-on-error', about: 'stop at the first row that fails' },
  {
    name: 'no-fail-fast',
    about: 'go on when the first 10 rows all fail with the same error',
  },
]

const outputFlags: readonly Flag[] = [
  {
    name: 'output',
    short: 'O',
    value: 'PATH',
    about: 'where results go; else standard output',
  },
  {
    name: 'format',
    value: 'FORMAT',
    about: 'csv, tsv, json, jsonl or text; else by the name of the output',
  },
  {
    name: 'response-column',
    value: 'NAME',
    about: 'column for the answers (default response)',
  },
  {
    name: 'formula-guard',
    about: "put ' before cells of a table that a spreadsheet would run",
  },
  { name: 'unordered', about: 'write rows as they are answered, not in the order of the input' },
  { name: 'overwrite', about: 'replace an output that exists' },
]

export const takeOverFlag: Flag = {
  name: 'take-over',
  about: 'take the process that holds the batch for dead',
}

const resumeFlags: readonly Flag[] = [
  {
    name: 'resume',
    about: 'ask new, changed and failed rows of a batch; recall all others',
  },
  { name: 'batch-id', value: 'ID', about: 'name for a new batch, or the one to go on with' },
  takeOverFlag,
  {
    name: 'restart',
    about: 'start a new batch and replace the output, though a batch could be resumed',
  },
  { name: 'only-new', about: 'print only rows answered now, not those of earlier runs' },
]

export const databaseFlag: Flag = {
  name: 'database',
  short: 'd',
  value: 'PATH',
  about: "another database than llm's logs.db",
}

const recordFlags: readonly Flag[] = [
  { name: 'no-log', short: 'n', about: "leave llm's log alone" },
  databaseFlag,
]

const showFlags: readonly Flag[] = [
  { name: 'dry-run', about: 'show the plan and the first prompts; call nothing' },
  { name: 'no-progress', about: 'no progress on standard error' },
  { name: 'quiet', short: 'q', about: 'nothing on standard error but errors' },
]

export const batchFlagGroups: readonly FlagGroup[] = [
  { title: 'Prompt', flags: promptFlags },
  { title: 'Model', flags: modelFlags },
  { title: 'Input', flags: inputFlags },
  { title: 'Output', flags: outputFlags },
  { title: 'Pace and failures', flags: paceFlags },
  { title: 'Going on with a batch', flags: resumeFlags },
  { title: 'Record', flags: recordFlags },
  { title: 'On the terminal', flags: showFlags },
]

export const keysSetFlagGroups: readonly FlagGroup[] = [
  {
    title: 'Options',
    flags: [{ name: 'value', value: 'KEY', about: 'the key itself, instead of asking for it' }],
  },
]

export const modelsFlagGroups: readonly FlagGroup[] = [
  {
    title: 'Options',
    flags: [
      {
        name: 'query',
        short: 'q',
        value: 'TERM',
        isRepeatable: true,
        about: 'only models with this in their name or aliases; again for more terms',
      },
    ],
  },
]

/** The name without the `no-` of a switch that is on by default. */
export function switchName({ name }: Flag): string {
  return name.replace(/^no-/, '')
}
