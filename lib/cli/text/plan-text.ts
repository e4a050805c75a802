import { printableLine, printableText } from '../../host/printable.js'
import type { Failed } from '../../row/outcome.js'
import { type Prompt, promptText } from '../../row/prompt.js'
import type { BatchPlan } from '../../run/progress.js'
import { countText, pluralText } from './amount-text.js'

/** What a dry run prints: the plan, then the first prompts as the model would get them. */
export function planText(plan: BatchPlan, prompts: readonly (Prompt | Failed)[]): string {
  const lines = [
    `Dry run: nothing is called, nothing is written.`,
    '',
    ...planLines(plan).map(([name, value]) => `  ${name.padEnd(12)} ${printableLine(value)}`),
    '',
    ...(prompts.length === 0 ? ['The input has no rows.'] : prompts.flatMap(promptLines)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function planLines(plan: BatchPlan): readonly (readonly [string, string])[] {
  const pace = [
    `${pluralText(plan.concurrency, 'call')} at once`,
    plan.rateLimit === undefined ? 'no rate limit' : `${countText(plan.rateLimit)} a minute`,
  ]
  const input = plan.inputPath === '-' ? 'standard input' : plan.inputPath
  return [
    ['input', `${input} (${plan.inputFormat})`],
    ['columns', plan.columns.join(', ')],
    ['model', `${plan.modelId} (${plan.provider})`],
    ['pace', pace.join(', ')],
    ['output', `${plan.outputPath ?? 'standard output'} (${plan.outputFormat})`],
    ['database', `${plan.databasePath}${plan.isLogged ? '' : " (llm's log left alone)"}`],
  ]
}

function promptLines(prompt: Prompt | Failed): readonly string[] {
  const title = `Row ${countText(prompt.row.index + 1)}`
  if (prompt.kind === 'failed') {
    return [`${title} would fail: ${printableLine(prompt.error.message)}`, '']
  }
  const system = prompt.system === undefined ? [] : ['  System:', ...indented(prompt.system)]
  return [
    `${title}:`,
    ...system,
    ...(system.length === 0 ? [] : ['  Prompt:']),
    ...indented(promptText(prompt)),
    '',
  ]
}

function indented(text: string): readonly string[] {
  return printableText(text)
    .split('\n')
    .map(line => `    ${line}`.trimEnd())
}
