import { type BatchError, rowError } from '../../error/batch-error.js'
import type { Attachment } from '../../row/attachment.js'
import type { JsonSchema } from '../../row/json-schema.js'
import { lastUserText, type Message, messageText, textMessage } from '../../row/message.js'
import { type Fragment, type ModelOptions, type Prompt, promptText } from '../../row/prompt.js'
import type { Columns, Row } from '../../row/row.js'
import type { ToolSpec } from '../../row/tool-call.js'
import { attachmentsUnfit } from '../../template/attachments-unfit.js'
import { columnValue } from '../../template/column-value.js'
import { promptHash } from '../../template/prompt-hash.js'
import { readMessages } from '../../template/read-messages.js'
import { renderTemplate } from '../../template/render-template.js'
import { rowPlace } from '../../template/row-place.js'
import { placeholderNames, type Template } from '../../template/template.js'

export interface RenderRowOptions {
  readonly template: Template
  readonly system?: Template | undefined
  readonly fragments: readonly Fragment[]
  /** Put before the system prompt. */
  readonly systemFragments: readonly Fragment[]
  /** Values for names that rows lack. They come before a template's defaults. */
  readonly params?: Columns | undefined
  /** Of every prompt. */
  readonly attachments?: readonly Attachment[] | undefined
  /** The column with those of each row. */
  readonly attachmentColumn?: string | undefined
  readonly modelId: string
  readonly modelOptions: ModelOptions
  readonly schema?: JsonSchema | undefined
  /** The tools that the model may call. */
  readonly tools?: readonly ToolSpec[] | undefined
  /** Whether a blank prompt is asked; else its row fails. */
  readonly allowEmpty?: boolean | undefined
  /** Whether a row that has a list `messages` is asked these messages instead of the template. */
  readonly isOwnMessages?: boolean | undefined
  /** What the model cannot take of a row's messages, in words; undefined if it takes all. */
  readonly faultOfMessages?: ((messages: readonly Message[]) => string | undefined) | undefined
  /**
   * Throws an error of reach `row` for a row that cannot be written, before the row is paid for.
   */
  readonly checkColumns?: ((columns: Columns) => void) | undefined
}

/**
 * @returns a function that renders a row; throws a BatchError of reach `row` if that is not
 * possible.
 */
export function renderRow(options: RenderRowOptions): (row: Row) => Prompt {
  const { fragments, systemFragments, modelId: model, modelOptions, checkColumns } = options
  const { schema, tools } = options
  const template = withDefaults(options.template, options.params)
  const ofSystem = options.system && withDefaults(options.system, options.params)
  const isInputAsked = [template, ofSystem].some(
    asked => asked !== undefined && placeholderNames(asked).includes('input'),
  )
  const hashOf = promptHash({ model, options: modelOptions, schema, tools })
  const attachments = options.attachments?.length === 0 ? undefined : options.attachments
  return row => {
    checkColumns?.(row.columns)
    const { columns } = row
    if (options.isOwnMessages && hasMessages(columns)) return ownMessages(row)
    const input = isInputAsked ? { input: columns.prompt ?? '' } : undefined
    const text = renderTemplate(withDefaults(template, input), columns)
    const own = ofSystem && renderTemplate(withDefaults(ofSystem, input), columns)
    const system = systemText(systemFragments, own)
    const whole = promptText({ text, fragments })
    const isBlank = !options.allowEmpty && !/\S/.test(whole)
    if (isBlank && attachments === undefined && !hasOwnFiles(columns)) throw promptEmpty()
    const hash = hashOf.ofText(whole, system, attachments)
    const shared = { fragments, options: modelOptions, schema, tools }
    const prompt: Prompt = { kind: 'prompt', row, text, system, ...shared, hash }
    if (systemFragments.length > 0) Object.assign(prompt, { systemFragments, ownSystem: own })
    return attachments === undefined ? prompt : { ...prompt, attachments }
  }

  /** A picture alone is a prompt. */
  function hasOwnFiles(columns: Columns): boolean {
    const { attachmentColumn: column } = options
    return column !== undefined && /\S/.test(String(columnValue(columns, column) ?? ''))
  }

  function ownMessages(row: Row): Prompt {
    const place = `${rowPlace(row)}: messages`
    if (attachments !== undefined) throw attachmentsUnfit(row)
    const given = readMessages(row.columns.messages, place)
    const own = ofSystem && renderTemplate(ofSystem, row.columns)
    const before = systemText(systemFragments, own)
    const messages = before === undefined ? given : withSystem(before, given, place)
    const fault = options.faultOfMessages?.(messages)
    if (fault !== undefined) throw rowError('RECORD_INVALID', `${place}: ${fault}`)
    if (!options.allowEmpty && areBlank(messages)) throw promptEmpty()
    const text = lastUserText(messages)
    const system = systemOf(messages)
    const hash = hashOf.ofMessages(row.columns.messages ?? null, before)
    const shared = { fragments: [], options: modelOptions, schema, tools }
    const prompt: Prompt = { kind: 'prompt', row, text, system, messages, ...shared, hash }
    return systemFragments.length === 0 ? prompt : { ...prompt, systemFragments, ownSystem: own }
  }
}

/** Whether nothing is said but what the system says. */
function areBlank(messages: readonly Message[]): boolean {
  const said = messages.filter(({ role }) => role !== 'system').flatMap(({ parts }) => parts)
  return said.length > 0 && said.every(part => part.kind === 'text' && !/\S/.test(part.text))
}

/** A row without a prompt but with `messages` means these, even if they are malformed. */
function hasMessages({ messages, prompt }: Columns): boolean {
  return Array.isArray(messages) || (messages !== undefined && prompt === undefined)
}

/** Two system messages would contradict each other, and some servers refuse them. */
function withSystem(text: string, messages: readonly Message[], place: string): readonly Message[] {
  if (messages.every(({ role }) => role !== 'system')) {
    return [textMessage('system', text), ...messages]
  }
  throw rowError(
    'RECORD_INVALID',
    `${place} have a system message of their own, and --system gives another`,
    'Leave out --system, or the system messages of the rows.',
  )
}

function systemOf([first]: readonly Message[]): string | undefined {
  return first?.role === 'system' ? messageText(first) || undefined : undefined
}

/** A provider refuses a blank prompt, or bills an answer about nothing. */
function promptEmpty(): BatchError {
  return rowError(
    'PROMPT_EMPTY',
    'The prompt is blank',
    'Fill the column that the prompt is made of, or add --allow-empty to send it.',
  )
}

/**
 * llm's rule: fragments, then the system prompt, each stripped, with a blank line between. Empty
 * texts are left out.
 */
function systemText(
  systemFragments: readonly Fragment[],
  own: string | undefined,
): string | undefined {
  if (systemFragments.length === 0) return own || undefined
  const texts = [...systemFragments.map(({ content }) => content), own ?? '']
  const kept = texts.map(text => text.trim()).filter(text => text !== '')
  return kept.length === 0 ? undefined : kept.join('\n\n')
}

/**
 * A template with further defaults, as `input`, which means the row's own prompt, unless the row
 * has a column of that name.
 */
function withDefaults(template: Template, further: Columns | undefined): Template {
  return further === undefined
    ? template
    : { ...template, defaults: { ...template.defaults, ...further } }
}
