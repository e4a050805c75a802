import { type BatchError, runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import {
  findSavedTemplate,
  listSavedTemplates,
  type SavedTemplate,
} from '../../home/find-saved-template.js'
import { checkNotation } from '../../template/check-notation.js'
import { checkParams } from '../../template/check-params.js'
import { checkTemplate } from '../../template/check-template.js'
import { parseDollarTemplate } from '../../template/parse-dollar-template.js'
import { parseTemplate } from '../../template/parse-template.js'
import { splitFragments } from '../../template/split-fragments.js'
import { placeholderNames, type Template } from '../../template/template.js'

/** What `--template` means: a text with `{column}`, a saved template, or nothing. */
export interface FoundTemplate {
  readonly text?: string
  readonly saved?: SavedTemplate
}

/**
 * Finds the saved template of that name. If there is none, returns the text itself.
 *
 * A single word without braces counts as a name: as a template, the word would be every row's
 * prompt.
 *
 * @throws {BatchError} TEMPLATE_NOT_FOUND for a single word that is not the name of a template.
 */
export async function findTemplate(
  folder: string,
  given: string | undefined,
): Promise<FoundTemplate> {
  if (given === undefined) return {}
  const saved = await findSavedTemplate(folder, given)
  if (saved !== undefined) return { saved }
  if (/^[^\s{}]+$/.test(given)) throw templateNotFound(given, await listSavedTemplates(folder))
  return { text: given }
}

function templateNotFound(name: string, saved: readonly string[]): BatchError {
  const near = nearest(name, saved)
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''
  return runError(
    'TEMPLATE_NOT_FOUND',
    `Template not found: ${name}`,
    `${hint}Name a template that \`llm templates\` lists, or write the text with {column} in it.`,
  )
}

/** The part of a saved template that makes prompts, in llm's own notation (`$variables`). */
type TemplateParts = Pick<
  SavedTemplate,
  'prompt' | 'system' | 'defaults' | 'fragments' | 'systemFragments'
>

export interface ChooseTemplatesOptions {
  /** The text given; absent if nothing or a saved template was given. */
  readonly template?: string | undefined
  readonly system?: string | undefined
  readonly saved?: TemplateParts | undefined
  /** Values for names that are not columns. */
  readonly params?: Readonly<Record<string, string>>
  /** Whether braces and dollar signs that nearly name a column are text. */
  readonly literalBraces?: boolean
  readonly columns: readonly string[]
  /** Whether fragments are given that go before each prompt; no if absent. */
  readonly hasFragments?: boolean
  /** Whether every row has exactly these columns, with plain values, as in a table. */
  readonly isColumnsFixed?: boolean
  /** The column to name in the example of a remedy; the first if absent. */
  readonly proposed?: string | undefined
}

type TemplatesAsked = Pick<ChooseTemplatesOptions, 'template' | 'saved' | 'proposed'>

/** What prompts are rendered from. */
export interface ChosenTemplates {
  readonly template: Template
  readonly system: Template | undefined
  /** Names of the fragments that go before each prompt. */
  readonly fragments: readonly string[]
  /** Names of the fragments that go before the system prompt. */
  readonly systemFragments: readonly string[]
  /** Whether a row that has a list `messages` is asked these messages. */
  readonly isOwnMessages: boolean
}

/** The column of whole prompts: a line of a text file, or a column with this name. */
const promptColumn = 'prompt'
/** The field of JSON with a whole conversation, in OpenAI's form. */
const messagesColumn = 'messages'

/**
 * Decides what is asked of each row, and checks that the columns exist.
 *
 * Without a template, the row's own prompt is asked: the line of a text, or the column `prompt` of
 * a table. An object of JSON may have a list `messages` instead, which comes before `prompt`.
 *
 * @throws {BatchError} reach run: COLUMN_MISSING for a name that is neither a column nor a param,
 * TEMPLATE_INVALID also for `{{column}}` and `$column`, OPTIONS_INVALID for a param that is not
 * asked for.
 */
export function chooseTemplates(options: ChooseTemplatesOptions): ChosenTemplates {
  const { saved, columns, params = {} } = options
  const given = splitFragments(options.template ?? '')
  const isOwnMessages = mayAskMessages(options)
  const asked = isOwnMessages && columns.includes(messagesColumn) ? [promptColumn] : []
  const known = [...columns, ...asked]
  const template = mainTemplate({ ...options, columns: known }, given.text)
  const system = systemTemplate(options)
  checkParams(Object.keys(params), system === undefined ? [template] : [template, system], columns)
  if (columns.length > 0) {
    const further = [...inputColumn(columns), ...Object.keys(params)]
    const rows = { further, isFlat: options.isColumnsFixed === true }
    checkTemplate(template, known, rows)
    if (system !== undefined) checkTemplate(system, columns, rows)
    checkNotations(options, given.text)
  }
  return {
    template,
    system,
    fragments: [...(saved?.fragments ?? []), ...given.fragments],
    systemFragments: saved?.systemFragments ?? [],
    isOwnMessages,
  }
}

/** Saved templates have a notation of their own. */
function checkNotations(options: ChooseTemplatesOptions, text: string): void {
  const { saved, system, columns, params = {}, literalBraces } = options
  if (literalBraces === true) return
  const names = [...columns, ...Object.keys(params)]
  if (saved?.prompt === undefined) checkNotation(text, names)
  if (system !== undefined) checkNotation(system, names)
}

/** Of the lines of an OpenAI batch, which are asked as they stand. */
export const lineTemplates: ChosenTemplates = {
  template: parseTemplate('{body}'),
  system: undefined,
  fragments: [],
  systemFragments: [],
  isOwnMessages: false,
}

/** Whoever gives a template, or fragments for the prompt, means a text. A cell holds no list. */
function mayAskMessages(options: ChooseTemplatesOptions): boolean {
  const { template, saved, hasFragments = false, isColumnsFixed = false } = options
  const { prompt, fragments = [] } = saved ?? {}
  const isTextMeant = [template, prompt].some(text => text !== undefined)
  return !isTextMeant && !hasFragments && fragments.length === 0 && !isColumnsFixed
}

/** Whether nothing says what to ask, so that the batch is refused. */
export function isPromptMissing({
  template = '',
  saved,
  columns,
}: Pick<ChooseTemplatesOptions, 'template' | 'saved' | 'columns'>): boolean {
  if (saved?.prompt !== undefined || columns.length === 0) return false
  // `!fragment NAME` alone puts the fragment before the row's own prompt.
  return splitFragments(template).text.trim() === '' && !columns.includes(promptColumn)
}

function mainTemplate(
  { saved, columns, template: given, proposed }: ChooseTemplatesOptions,
  text: string,
): Template {
  const own = parseTemplate(`{${promptColumn}}`)
  if (saved?.prompt !== undefined) {
    const template = parseDollarTemplate(saved.prompt, saved.defaults)
    const isConstant = placeholderNames(template).length === 0
    // llm's rule: if a template does not use `$input`, the input follows on a line of its own.
    return isConstant && columns.includes(promptColumn) ? joined(template, own) : template
  }
  if (given !== undefined && text.trim() !== '') return parseTemplate(text)
  if (isPromptMissing({ template: given, saved, columns })) {
    throw noPrompt(columns, { template: given, saved, proposed })
  }
  return own
}

function systemTemplate({ saved, system }: ChooseTemplatesOptions): Template | undefined {
  if (system !== undefined) return parseTemplate(system)
  if (saved?.system === undefined) return undefined
  return parseDollarTemplate(saved.system, saved.defaults)
}

function joined(first: Template, second: Template): Template {
  return {
    parts: [...first.parts, { kind: 'text', text: '\n' }, ...second.parts],
    defaults: first.defaults,
  }
}

/** `$input` of a saved template, and `{input}`, mean the row's own prompt. */
function inputColumn(columns: readonly string[]): readonly string[] {
  return columns.includes(promptColumn) ? ['input'] : []
}

/** A template without a column would ask, and pay for, the same prompt for every row. */
function noPrompt(
  columns: readonly string[],
  { template, saved, proposed = columns[0] ?? '' }: TemplatesAsked,
): BatchError {
  const isAsked = template !== undefined || saved !== undefined
  const what = isAsked ? 'The template uses no column' : 'No template was given'
  const remedy =
    template !== undefined
      ? `Add what to ask after the fragments, such as "Summarize: {${proposed}}".`
      : saved !== undefined
        ? `Give it a prompt, such as "prompt: 'Summarize: $${proposed}'".`
        : `Add one with --template, such as --template "Summarize: {${proposed}}".`
  const note = columns.includes(messagesColumn)
    ? ' Lists of messages are asked from JSON and JSONL.'
    : ''
  return runError(
    'COLUMN_MISSING',
    `${what}, and there is no column "${promptColumn}"`,
    `${remedy} The columns are: ${columns.join(', ')}.${note}`,
  )
}

/** A template without a column is allowed, but rarely meant. */
export function templateWarnings(
  { template, system, isOwnMessages }: Omit<ChosenTemplates, 'fragments' | 'systemFragments'>,
  columns: readonly string[],
): readonly string[] {
  if (isOwnMessages && [promptColumn, messagesColumn].every(name => columns.includes(name))) {
    const how = 'Rows have "messages" and "prompt": the messages are asked. '
    return [`${how}To ask the prompts, add --template '{${promptColumn}}'.`]
  }
  const namesColumn = (asked: Template | undefined) =>
    asked?.parts.some(
      part => part.kind === 'placeholder' && (part.isRequired || columns.includes(part.name)),
    )
  if (namesColumn(template) || namesColumn(system)) return []
  return ['The template names no column: every row will get the same prompt.']
}
