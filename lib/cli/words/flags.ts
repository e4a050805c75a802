import type { Flag, FlagGroup } from './command.js'
import { type BatchFlag, flag } from './flag.js'
import { inputFlags } from './input-flags.js'
import { modelFlags } from './model-flags.js'
import { outputFlags } from './output-flags.js'
import { paceFlags } from './pace-flags.js'
import { promptFlags } from './prompt-flags.js'
import { summaryForms } from './read-value.js'
import { recordFlags, resumeFlags, reuseFlags } from './record-flags.js'
import { toolFlags, toolWatchFlags } from './tool-flags.js'

/** The flags of `llm batch` that set an option of the batch. */
export const optionFlagGroups: readonly FlagGroup<BatchFlag>[] = [
  { title: 'Prompt', flags: promptFlags },
  { title: 'Model', flags: modelFlags },
  { title: 'Tools', flags: toolFlags },
  { title: 'Input', flags: inputFlags },
  { title: 'Output', flags: outputFlags },
  { title: 'Fewer calls', flags: reuseFlags },
  { title: 'Pace and failures', flags: paceFlags },
  { title: 'Resuming a batch', flags: resumeFlags },
  { title: 'Record', flags: recordFlags },
]

const showFlags: readonly Flag[] = [
  flag('--dry-run', 'show the plan and the first prompts; call nothing'),
  flag('--no-progress', 'show no progress on standard error'),
  flag('-q, --quiet', 'print only errors on standard error'),
  flag('--summary FORMAT', 'text, or json: one line, the last on standard error', {
    choices: summaryForms,
  }),
]

const estimateFlags: readonly Flag[] = [
  flag('--estimate-cost', 'estimate tokens, cost and time, then ask whether to run the batch'),
  flag('-y, --yes', 'with --estimate-cost: run the batch without the question'),
  flag('--json', 'with --estimate-cost: print the estimate as JSON, without the question'),
  flag('--sample N', 'with --estimate-cost: ask N rows first, and estimate by their answers'),
]

/** The flags of `llm batch` that set no option of the batch: what a run shows and asks. */
export const runFlags: readonly Flag[] = [...toolWatchFlags, ...estimateFlags, ...showFlags]

export const batchFlagGroups: readonly FlagGroup[] = [
  ...optionFlagGroups.map(group =>
    group.flags === toolFlags ? { ...group, flags: [...toolFlags, ...toolWatchFlags] } : group,
  ),
  { title: 'Cost', flags: estimateFlags },
  { title: 'On the terminal', flags: showFlags },
]
