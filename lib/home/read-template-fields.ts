import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BatchError } from '../error/batch-error.js'
import type { PythonJson, PythonObject } from '../row/python/python-json.js'
import { readHomeText } from './home-file.js'
import { parseHomeYaml } from './home-yaml.js'

/** All that a saved template says, by llm's names, without what is unset. */
export type TemplateFields = PythonObject

/**
 * Reads a saved template as llm's own commands show it: also with what a batch cannot do.
 *
 * @param name a name, or the path of a file.
 * @returns undefined if there is no such template, or llm refuses the template.
 */
export async function readTemplateFields(
  folder: string,
  name: string,
): Promise<TemplateFields | undefined> {
  const path = existsSync(name) ? name : join(folder, 'templates', `${name}.yaml`)
  try {
    const text = await readHomeText(path)
    if (text === undefined) return undefined
    const document = await parseHomeYaml(path, text, { isExact: true })
    return fieldsOf(document, name)
  } catch (error) {
    if (BatchError.isInstance(error)) return undefined
    throw error
  }
}

type FieldRule = (value: unknown) => boolean

const isText: FieldRule = value => typeof value === 'string'
const isTexts: FieldRule = value => Array.isArray(value) && value.every(isText)
const isMap: FieldRule = value => value instanceof Map
const isNamedMap: FieldRule = value => value instanceof Map && [...value.keys()].every(isText)
const isSwitch: FieldRule = value => typeof value === 'boolean'
const isTypedList: FieldRule = value =>
  Array.isArray(value) &&
  value.every(each => each instanceof Map && isText(each.get('type')) && isText(each.get('value')))

/** llm's fields, and its rule for each. */
const rules: Readonly<Record<string, FieldRule>> = {
  name: () => true,
  prompt: isText,
  system: isText,
  model: isText,
  defaults: isNamedMap,
  options: isNamedMap,
  extract: isSwitch,
  extract_last: isSwitch,
  schema_object: isMap,
  fragments: isTexts,
  system_fragments: isTexts,
  attachments: isTexts,
  attachment_types: isTypedList,
  tools: isTexts,
  functions: isText,
}

function fieldsOf(document: unknown, name: string): TemplateFields | undefined {
  if (typeof document === 'string') return new Map(Object.entries({ name, prompt: document }))
  if (!(document instanceof Map)) return undefined
  const fields = new Map<string, PythonJson>()
  for (const [key, value] of document) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined
    if (rule === undefined) return undefined
    if (value === null) continue
    if (!rule(value)) return undefined
    fields.set(key, asPythonJson(value))
  }
  return fields.set('name', name)
}

/** Integers come as bigints, so a number is a float. A date is written as text. */
function asPythonJson(value: unknown): PythonJson {
  if (typeof value === 'number') return { float: value }
  if (Array.isArray(value)) return value.map(asPythonJson)
  if (value instanceof Map) {
    return new Map([...value].map(([name, member]) => [String(name), asPythonJson(member)]))
  }
  return value instanceof Date ? value.toISOString() : (value as PythonJson)
}
