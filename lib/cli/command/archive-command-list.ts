import { batchStatuses } from '../../port/stored-batch.js'
import type { Command, Flag, FlagGroup, Operand } from '../words/command.js'
import { flag } from '../words/flag.js'
import { batchFlagGroups } from '../words/flags.js'
import { failureFormats } from '../words/read-value.js'
import { databaseFlag, takeOverFlag } from '../words/record-flags.js'

const batchIdOperand: Operand = {
  name: 'ID',
  isRequired: true,
  about: 'id of the batch; see llm batch list',
}

const newestOperand: Operand = {
  ...batchIdOperand,
  isRequired: false,
  about: 'id of the batch (default: the newest); see llm batch list',
}

/** All flags of `llm batch` but `--json`, which `llm batch config` has itself. */
const settingGroups: readonly FlagGroup[] = batchFlagGroups.map(({ title, flags }) => ({
  title,
  flags: flags.filter(({ name }) => name !== 'json'),
}))
const jsonFlag: Flag = flag('--json', 'print JSON with the fields below, for programs')
const configJsonFlag: Flag = flag('--json', 'print JSON: a list of name, value and from')
const yesFlag: Flag = flag('-y, --yes', 'do not ask first; scripts need this')
const dryRunFlag: Flag = flag('--dry-run', 'show what would be removed; remove nothing')

const options = (...flags: readonly Flag[]): readonly FlagGroup[] => [
  { title: 'Options', flags: [...flags, databaseFlag] },
]

const jsonFields = [
  '  id, created_at, updated_at (ISO 8601, UTC), input_file, output_file, model, status,',
  '  process_gone, total_prompts, completed_prompts, failed_prompts, skipped_prompts,',
  '  deduped_prompts, cached_prompts,',
  '  input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_usd,',
  '  unpriced_prompts (answers that cost_usd leaves out), max_cost_usd, unsettled_usd (what calls',
  '  without an answer may have cost, if there is a cap), rate_per_minute, held_by, host, process_id',
]

/** The commands for recorded batches. */
export const archiveCommands: readonly Command[] = [
  {
    words: 'batch list',
    about: 'List batches, the newest first.',
    operands: [],
    flagGroups: options(
      flag('--status STATUS', 'list only running, completed, failed, paused or cancelled batches', {
        choices: batchStatuses,
      }),
      flag('--limit N', 'list only the newest N (default 20)'),
      jsonFlag,
    ),
    examples: ['llm batch list --status running', 'llm batch list --json | jq -r .[].id'],
    notes: [
      '--json prints an array of objects with these fields. Unknown values are null.',
      ...jsonFields,
    ],
    load: async () => (await import('./batch-list.js')).runBatchList,
  },
  {
    words: 'batch status',
    about: 'Show how far a batch is, what limits it, and what failed.',
    operands: [newestOperand],
    flagGroups: options(
      flag('-w, --watch', 'show the batch each second until it ends; Ctrl-C leaves'),
      jsonFlag,
    ),
    examples: ['llm batch status reviews-k3x9qd --watch'],
    notes: [
      '--json prints an object with these fields. Unknown values are null.',
      ...jsonFields.slice(0, -1),
      `${jsonFields.at(-1)},`,
      '  duration_seconds, seconds_left, resume_command,',
      '  errors: a list of code, message, count, first_row (from 1), sample (columns of a row)',
      '--watch --json prints such an object as one line, each second.',
    ],
    load: async () => (await import('./batch-status.js')).runBatchStatus,
  },
  {
    words: 'batch errors',
    about: 'Print the failed rows of a batch, as an input for another batch.',
    operands: [newestOperand],
    flagGroups: options(
      flag('--format FORMAT', 'csv, jsonl or json (default csv)', { choices: failureFormats }),
    ),
    examples: ['llm batch errors reviews-k3x9qd > failed.csv'],
    notes: [
      "Each row has the input's columns, then error_code and error_message. If the input has a",
      'column of that name, the new column is called batch_error_code or batch_error_message.',
    ],
    load: async () => (await import('./batch-errors.js')).runBatchErrors,
  },
  {
    words: 'batch config',
    about: 'Show the options in force for a batch, and where each comes from.',
    operands: [],
    flagGroups: [...settingGroups, { title: 'Output of this command', flags: [configJsonFlag] }],
    examples: ['llm batch config', 'llm batch config --template summary --json'],
    notes: [
      'Every option of llm batch may stand under defaults: in the file, by its name with _, as in:',
      '  defaults: { template: summary, retries: 2, usage_columns: true, option: { temperature: 0 } }',
      'The order is: command line, environment, template, file, built-in. A resumed batch keeps its own.',
    ],
    load: async () => (await import('./batch-settings.js')).runBatchSettings,
  },
  {
    words: 'batch cancel',
    about: 'Ask a running batch to stop. The second time, it stops at once.',
    operands: [newestOperand],
    flagGroups: options(
      flag('--grace SECONDS', 'time for calls in flight to finish (default 30)'),
      takeOverFlag,
    ),
    load: async () => (await import('./batch-cancel.js')).runBatchCancel,
  },
  {
    words: 'batch remove',
    about: 'Remove batches from the record. Removed batches cannot be resumed.',
    operands: [{ ...batchIdOperand, isRepeatable: true }],
    flagGroups: options(yesFlag, dryRunFlag),
    notes: ["The answers in llm's log stay."],
    load: async () => (await import('./batch-remove.js')).runBatchRemove,
  },
  {
    words: 'batch prune',
    about: 'Remove old batches from the record.',
    operands: [],
    flagGroups: options(
      flag(
        '--older-than AGE',
        'only batches without a sign of life for this time, such as 30d, 12h or 2w',
      ),
      yesFlag,
      dryRunFlag,
    ),
    examples: ['llm batch prune --older-than 30d --dry-run'],
    load: async () => (await import('./batch-remove.js')).runBatchPrune,
  },
]
