import { printableLine, printableText } from '../../host/printable.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { usdText } from '../../pricing/usd-text.js'
import { type Attachment, attachmentName, mostAttachmentBytes } from '../../row/attachment.js'
import type { Message, SaidPart } from '../../row/message.js'
import type { Failed } from '../../row/outcome.js'
import { type Prompt, promptText } from '../../row/prompt.js'
import type { Plan } from '../../run/plan.js'
import { countText, durationText, pluralText } from './amount-text.js'

/** The text of a dry run: the plan, then the first prompts as the model would get them. */
export function planText(plan: Plan, prompts: readonly (Prompt | Failed)[]): string {
  const lines = [
    `Dry run: nothing is called, nothing is written.`,
    '',
    ...planLines(plan).map(([name, value]) => `  ${name.padEnd(12)} ${printableLine(value)}`),
    '',
    ...(prompts.length === 0 ? ['The input has no rows.'] : prompts.flatMap(promptLines)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** What a resumed batch has so far; empty for a new batch. */
export function resumedText(before: StoredBatch | undefined): string {
  if (before === undefined) return ''
  const { id, status, completedPrompts, failedPrompts } = before
  const answered = `${countText(completedPrompts)} answered`
  return status === 'completed'
    ? `Batch ${id} is completed: ${answered}. Only new and changed rows are asked.\n`
    : `Resuming batch ${id}: ${answered}, ${countText(failedPrompts)} failed so far.\n`
}

function planLines(plan: Plan): readonly (readonly [string, string])[] {
  const pace = [
    plan.isConcurrencyAuto
      ? `auto: 4 calls at once at first, ${countText(plan.concurrency)} at most`
      : `${pluralText(plan.concurrency, 'call')} at once`,
    plan.rateLimit === undefined ? 'no rate limit' : `${countText(plan.rateLimit)} a minute`,
    ...(plan.tokenLimit === undefined ? [] : [`${countText(plan.tokenLimit)} tokens a minute`]),
    ...(plan.shareLimits ? ['shared with other processes'] : []),
  ]
  return [
    ...inputLines(plan),
    ['columns', plan.columns.join(', ')],
    ['model', `${plan.modelId} (${plan.provider})`],
    ...attachmentLines(plan.attachments),
    ...toolLines(plan.tools),
    ['price', plan.price.basis],
    ['pace', pace.join(', ')],
    ...reuseLines(plan),
    ...capLine(plan),
    ['output', `${plan.outputPath ?? 'standard output'} (${plan.outputFormat})`],
    ['database', `${plan.databasePath}${plan.isLogged ? '' : " (llm's log left alone)"}`],
  ]
}

const mostInputs = 5

/** A line for each file, up to five. */
function inputLines(plan: Plan): readonly (readonly [string, string])[] {
  const { inputFiles, inputFormat, inputSheet } = plan
  const sheet = inputSheet === undefined ? '' : `, sheet ${JSON.stringify(inputSheet)}`
  const format = `(${inputFormat}${sheet})`
  const names = inputFiles.map(path => (path === '-' ? 'standard input' : path))
  if (names.length === 1) return [['input', `${names[0]} ${format}`]]
  const further = names.length - mostInputs
  return [
    ['inputs', `${pluralText(names.length, 'file')} ${format}`],
    ...names.slice(0, mostInputs).map(name => ['', name] as const),
    ...(further > 0 ? [['', `and ${further} more`] as const] : []),
  ]
}

function reuseLines({ isDeduping, cacheAgeMs }: Plan): readonly (readonly [string, string])[] {
  const parts = [
    isDeduping ? 'equal prompts are asked once' : '',
    cacheAgeMs === undefined ? '' : `answers of other batches${ageText(cacheAgeMs)} are used`,
  ].filter(part => part !== '')
  return parts.length === 0 ? [] : [['reuse', parts.join(', ')]]
}

function ageText(ageMs: number): string {
  return Number.isFinite(ageMs) ? ` of at most ${durationText(ageMs)}` : ''
}

function capLine({ costLimit }: Plan): readonly (readonly [string, string])[] {
  return costLimit === undefined ? [] : [['cost', `at most ${usdText(costLimit.maxCostUsd)}`]]
}

function attachmentLines(attachments: Plan['attachments']): readonly (readonly [string, string])[] {
  if (attachments === undefined) return []
  const { shared, column } = attachments
  const ofRows = column === undefined ? [] : [`column ${column}`]
  const all = [...shared.map(attachmentText), ...ofRows].join(', ')
  const most = `${mostAttachmentBytes / 1_000_000} MB in flight at most`
  return [['attachments', `${all}; ${most}`]]
}

function toolLines(tools: Plan['tools']): readonly (readonly [string, string])[] {
  if (tools === undefined) return []
  const { specs, chainLimit } = tools
  const names = specs.map(({ name }) => name).join(', ')
  const most =
    chainLimit === 0 ? 'any number of calls' : `at most ${pluralText(chainLimit, 'call')}`
  return [['tools', `${names}; ${most} of the model for each row`]]
}

function attachmentText(attachment: Attachment): string {
  const { type, loadedBytes, url } = attachment
  const size = loadedBytes === 0 ? 'sent as URL' : `${countText(Math.ceil(loadedBytes / 1000))} KB`
  return `${attachmentName(attachment)} (${type}, ${url !== undefined && loadedBytes > 0 ? 'fetched' : size})`
}

function promptLines(prompt: Prompt | Failed): readonly string[] {
  const title = `Row ${countText(prompt.row.index + 1)}`
  if (prompt.kind === 'failed') {
    return [`${title} would fail: ${printableLine(prompt.error.message)}`, '']
  }
  if (prompt.messages !== undefined) {
    return [`${title}:`, ...prompt.messages.flatMap(messageLines), '']
  }
  const system = prompt.system === undefined ? [] : ['  System:', ...indented(prompt.system)]
  const isPlain = system.length === 0 && prompt.attachments === undefined
  return [
    `${title}:`,
    ...system,
    ...attachmentsOf(prompt),
    ...(isPlain ? [] : ['  Prompt:']),
    ...indented(promptText(prompt)),
    '',
  ]
}

function messageLines({ role, parts }: Message): readonly string[] {
  const name = `${role.charAt(0).toUpperCase()}${role.slice(1)}`
  return [`  ${name}:`, ...parts.flatMap(part => indented(partText(part)))]
}

function partText(part: SaidPart): string {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'image':
      return `[image ${part.url.startsWith('data:') ? 'in the message' : part.url}]`
    case 'foreign':
      return `[${part.name}]`
  }
}

function attachmentsOf({ attachments }: Prompt): readonly string[] {
  if (attachments === undefined) return []
  return ['  Attachments:', ...attachments.flatMap(one => indented(attachmentText(one)))]
}

function indented(text: string): readonly string[] {
  return printableText(text)
    .split('\n')
    .map(line => `    ${line}`.trimEnd())
}
