import { join } from 'node:path'
import type { ExtraModel } from '../port/model-names.js'
import { homeFileInvalid, isRecord, readHomeText } from './home-file.js'
import { parseHomeYaml } from './home-yaml.js'

/**
 * Reads the models that the user added to llm. Returns an empty list if the file is empty or does
 * not exist. (llm crashes on an empty file.)
 *
 * @throws {BatchError} HOME_FILE_INVALID naming the entry.
 */
export async function readExtraModels(folder: string): Promise<readonly ExtraModel[]> {
  const path = join(folder, 'extra-openai-models.yaml')
  const text = await readHomeText(path)
  if (text === undefined) return []
  const entries = (await parseHomeYaml(path, text)) ?? []
  if (!Array.isArray(entries)) throw homeFileInvalid(path, 'it should hold a YAML list of models')
  return entries.map((entry, index) => toExtraModel(path, entry, index + 1))
}

function toExtraModel(path: string, entry: unknown, position: number): ExtraModel {
  const where = `its model ${position}`
  if (!isRecord(entry)) throw homeFileInvalid(path, `${where} is not a map of settings`)
  const field = (name: string) => textField(path, `${where}: ${name}`, entry[name])
  const model_id = field('model_id')
  const model_name = field('model_name')
  if (!model_id) throw homeFileInvalid(path, `${where} has no model_id`)
  if (!model_name) throw homeFileInvalid(path, `${where} (${model_id}) has no model_name`)
  const api_base = field('api_base')
  const api_key_name = field('api_key_name')
  return {
    model_id,
    model_name,
    aliases: textList(path, `${where}: aliases`, entry.aliases),
    ...(api_base === undefined ? {} : { api_base }),
    ...(api_key_name === undefined ? {} : { api_key_name }),
    headers: textMap(path, `${where}: headers`, entry.headers),
    completion: Boolean(entry.completion),
    responses: Boolean(entry.responses),
    reasoning: Boolean(entry.reasoning),
    // As in llm, only `false` and `true` themselves count.
    can_stream: entry.can_stream !== false,
    supports_schema: entry.supports_schema === true,
    supports_tools: entry.supports_tools === true,
    vision: entry.vision === true,
    audio: entry.audio === true,
    tier: entry.service_tier === true,
  }
}

/** YAML reads a bare `3.5` as a number. As an id, `3.5` is text. */
function textField(path: string, where: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw homeFileInvalid(path, `${where} should be text`)
}

function textList(path: string, where: string, value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw homeFileInvalid(path, `${where} should be a list`)
  return value.map(member => textField(path, where, member) ?? '')
}

function textMap(path: string, where: string, value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) throw homeFileInvalid(path, `${where} should be a map`)
  const entries = Object.entries(value).map(([name, member]) => [
    name,
    textField(path, where, member) ?? '',
  ])
  return Object.fromEntries(entries) as Record<string, string>
}
