import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import type { JsonSchema } from '../row/json-schema.js'
import { isRecord, readHomeText } from './home-file.js'
import { parseHomeYaml } from './home-yaml.js'
import { checkGivenOptions, type GivenOptions } from './read-model-defaults.js'

/** A template saved with `llm --save` or by hand: `templates/NAME.yaml`. */
export interface SavedTemplate {
  readonly name: string
  readonly path: string
  /** With `$variables`; absent if the template sets other things only. */
  readonly prompt?: string
  readonly system?: string
  readonly model?: string
  /** Values of variables that no column gives. */
  readonly defaults: Readonly<Record<string, string>>
  /** Options of the model, still as written. */
  readonly options: GivenOptions
  /** Names of the fragments that go before the prompt. */
  readonly fragments: readonly string[]
  readonly systemFragments: readonly string[]
  /** Paths and URLs, also with their MIME types. */
  readonly attachments: readonly (string | { readonly name: string; readonly type: string })[]
  /** Names of the tools that the model may call. */
  readonly tools: readonly string[]
  /** The form that answers must have; not checked. */
  readonly schema?: JsonSchema
  /** Which code block of an answer goes to the output. */
  readonly extract?: 'first' | 'last'
}

/**
 * Keys of llm's that a batch does not support. A template with one is refused: its answers would be
 * wrong.
 */
const unsupported = ['functions']

const supported = [
  'name',
  'prompt',
  'system',
  'model',
  'defaults',
  'options',
  'fragments',
  'system_fragments',
  'schema_object',
  'extract',
  'extract_last',
  'attachments',
  'attachment_types',
  'tools',
]

/**
 * Finds a saved template by name, or by the path of a `.yaml` file. Returns undefined if there is
 * no such template.
 *
 * @throws {BatchError} TEMPLATE_INVALID if llm refuses the template, or the template needs what a
 * batch cannot do; HOME_FILE_INVALID if the file is not YAML.
 */
export async function findSavedTemplate(
  folder: string,
  name: string,
): Promise<SavedTemplate | undefined> {
  const path = templatePath(folder, name)
  if (path === undefined) return undefined
  const text = await readHomeText(path)
  if (text === undefined) return undefined
  const document = await parseHomeYaml(path, text)
  return toSavedTemplate(path, document)
}

/** Names of all saved templates, sorted. */
export async function listSavedTemplates(folder: string): Promise<readonly string[]> {
  const files = await readdir(join(folder, 'templates')).catch(() => [])
  return files
    .filter(file => file.endsWith('.yaml'))
    .map(file => basename(file, '.yaml'))
    .sort()
}

/** A text with braces or line breaks is a template, not a name. */
function templatePath(folder: string, name: string): string | undefined {
  if (/[{}\n\r\0]/.test(name) || name.trim() === '') return undefined
  if (/\.ya?ml$/i.test(name)) return name
  if (/[/\\]/.test(name)) return undefined
  return join(folder, 'templates', `${name}.yaml`)
}

function toSavedTemplate(path: string, document: unknown): SavedTemplate {
  const name = basename(path).replace(/\.ya?ml$/i, '')
  const empty = {
    name,
    path,
    defaults: {},
    options: {},
    fragments: [],
    systemFragments: [],
    attachments: [],
    tools: [],
  }
  if (typeof document === 'string') return { ...empty, prompt: document }
  if (!isRecord(document)) throw templateInvalid(path, 'it is neither a map nor a text')
  checkKeys(path, document)
  const { defaults, options, schema_object: schema } = document
  return {
    ...empty,
    ...textsOf(path, document),
    ...(!isUnset(schema) && { schema: mapField(path, 'schema_object', schema) }),
    defaults: Object.fromEntries(
      Object.entries(mapField(path, 'defaults', defaults)).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : pythonText(value),
      ]),
    ),
    options: checkGivenOptions(path, mapField(path, 'options', options)),
    fragments: listField(path, 'fragments', document.fragments),
    systemFragments: listField(path, 'system_fragments', document.system_fragments),
    ...extractOf(path, document),
    attachments: attachmentsOf(path, document),
    tools: listField(path, 'tools', document.tools),
  }
}

/** If a template asks for both blocks, the last counts, as in llm. */
function extractOf(path: string, document: Readonly<Record<string, unknown>>) {
  const isOn = (key: 'extract' | 'extract_last') => {
    const value = document[key] ?? false
    if (typeof value !== 'boolean') throw templateInvalid(path, `${key} should be true or false`)
    return value
  }
  const [first, last] = [isOn('extract'), isOn('extract_last')]
  if (last) return { extract: 'last' as const }
  return first ? { extract: 'first' as const } : {}
}

function checkKeys(path: string, document: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(document)) {
    if (supported.includes(key)) continue
    if (!unsupported.includes(key)) throw templateKeyUnknown(path, key)
    if (!isUnset(value)) throw templateKeyUnsupported(path, key)
  }
}

function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function textsOf(path: string, document: Readonly<Record<string, unknown>>) {
  const texts: { prompt?: string; system?: string; model?: string } = {}
  for (const key of ['prompt', 'system', 'model'] as const) {
    const value = document[key]
    if (value === undefined || value === null) continue
    if (typeof value !== 'string') throw templateInvalid(path, `${key} should be text`)
    texts[key] = value
  }
  return texts
}

function mapField(path: string, key: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) throw templateInvalid(path, `${key} should be a map`)
  return value
}

function listField(path: string, key: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  const isTexts = Array.isArray(value) && value.every(entry => typeof entry === 'string')
  if (!isTexts) throw templateInvalid(path, `${key} should be a list of texts`)
  return value
}

/** Writes a YAML value as Python's `str` does, because llm puts that text into prompts. */
function pythonText(value: unknown): string {
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null) return 'None'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function attachmentsOf(
  path: string,
  { attachments, attachment_types: typed }: Readonly<Record<string, unknown>>,
): SavedTemplate['attachments'] {
  const named = listField(path, 'attachments', attachments)
  if (typed === undefined || typed === null) return named
  const isTyped = (each: unknown) =>
    isRecord(each) && typeof each.type === 'string' && typeof each.value === 'string'
  if (!Array.isArray(typed) || !typed.every(isTyped)) {
    throw templateInvalid(path, 'attachment_types should be a list of maps with type and value')
  }
  return [...named, ...typed.map(({ type, value: name }) => ({ name, type }))]
}

function templateInvalid(path: string, reason: string, remedy?: string): BatchError {
  return runError(
    'TEMPLATE_INVALID',
    `The template ${path} cannot be used: ${reason}.`,
    remedy ?? 'Correct the file.',
  )
}

function templateKeyUnknown(path: string, key: string): BatchError {
  const near = nearest(key, [...supported, ...unsupported], 1)[0]
  const remedy =
    near === undefined ? `Known are: ${supported.join(', ')}.` : `Did you mean ${near}?`
  return templateInvalid(path, `llm knows no template key "${key}"`, remedy)
}

function templateKeyUnsupported(path: string, key: string): BatchError {
  const remedy = `Save a copy of the template without "${key}", and name that.`
  return templateInvalid(path, `it uses "${key}", which llm batch does not support`, remedy)
}
