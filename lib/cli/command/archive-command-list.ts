import {
  batchCancelFlagGroups,
  batchErrorsFlagGroups,
  batchListFlagGroups,
  batchPruneFlagGroups,
  batchRemoveFlagGroups,
  batchStatusFlagGroups,
} from '../words/archive-flags.js'
import type { Command, Operand } from '../words/command.js'

const batchIdOperand: Operand = {
  name: 'ID',
  isRequired: true,
  about: 'which batch, as llm batch list names it',
}

const jsonFields = [
  '  id, created_at, updated_at (ISO 8601, UTC), input_file, output_file, model, status,',
  '  process_gone, total_prompts, completed_prompts, failed_prompts, skipped_prompts,',
  '  input_tokens, output_tokens, cost_usd, rate_per_minute, held_by, host, process_id',
]

/** The commands for recorded batches. */
export const archiveCommands: readonly Command[] = [
  {
    words: 'batch list',
    about: 'List batches, the newest first.',
    operands: [],
    flagGroups: batchListFlagGroups,
    examples: ['llm batch list --status running', 'llm batch list --json | jq -r .[].id'],
    notes: [
      '--json prints an array of objects with these fields, null where unknown:',
      ...jsonFields,
    ],
    load: async () => (await import('./batch-list.js')).runBatchList,
  },
  {
    words: 'batch status',
    about: 'Show how far a batch is, what limits it, and what failed.',
    operands: [batchIdOperand],
    flagGroups: batchStatusFlagGroups,
    examples: ['llm batch status reviews-k3x9qd --watch'],
    notes: [
      '--json prints an object with these fields, null where unknown:',
      ...jsonFields.slice(0, -1),
      `${jsonFields.at(-1)},`,
      '  duration_seconds, seconds_left, resume_command,',
      '  errors: a list of code, message, count, first_row (from 1), sample (columns of a row)',
      'With --watch, one such object a line, each second.',
    ],
    load: async () => (await import('./batch-status.js')).runBatchStatus,
  },
  {
    words: 'batch errors',
    about: 'Print the failed rows of a batch, as an input to ask them again.',
    operands: [batchIdOperand],
    flagGroups: batchErrorsFlagGroups,
    examples: ['llm batch errors reviews-k3x9qd > failed.csv'],
    notes: [
      "Each row has the input's columns, then error_code and error_message (batch_error_…",
      'where the input has a column of such a name).',
    ],
    load: async () => (await import('./batch-errors.js')).runBatchErrors,
  },
  {
    words: 'batch cancel',
    about: 'Ask a running batch to stop; a second time, to stop at once.',
    operands: [batchIdOperand],
    flagGroups: batchCancelFlagGroups,
    load: async () => (await import('./batch-cancel.js')).runBatchCancel,
  },
  {
    words: 'batch remove',
    about: 'Forget batches and what is needed to resume them; the log of llm stays.',
    operands: [{ ...batchIdOperand, isRepeatable: true }],
    flagGroups: batchRemoveFlagGroups,
    load: async () => (await import('./batch-remove.js')).runBatchRemove,
  },
  {
    words: 'batch prune',
    about: 'Forget old batches, as batch remove does.',
    operands: [],
    flagGroups: batchPruneFlagGroups,
    examples: ['llm batch prune --older-than 30d --yes'],
    load: async () => (await import('./batch-remove.js')).runBatchPrune,
  },
]
