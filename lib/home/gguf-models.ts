import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { GgufModel } from '../port/model-names.js'
import { homeFileInvalid, isRecord, readHomeJson } from './home-file.js'
import type { Home } from './open-home.js'
import { writeHomeFile } from './write-home-file.js'

type GgufHome = Pick<Home, 'folder' | 'environment'>

/**
 * The folder of downloaded models: `LLM_MODELS_PATH`, else the folder of Python's llm-gguf. So each
 * program finds what the other has downloaded.
 */
export function ggufFolder({ folder, environment }: GgufHome): string {
  return resolve(environment.LLM_MODELS_PATH || join(folder, 'gguf', 'models'))
}

/**
 * All GGUF files with their names: first those in llm-gguf's `gguf/models.json`, then further files
 * in the folder of downloaded models.
 *
 * @throws {BatchError} HOME_FILE_INVALID if models.json is broken.
 */
export async function readGgufModels(home: GgufHome): Promise<readonly GgufModel[]> {
  const named = await readNamedModels(home.folder)
  const paths = new Set(named.map(({ path }) => path))
  const lying = (await filesIn(ggufFolder(home)))
    .filter(path => !paths.has(path))
    .map(path => ({ name: basename(path).slice(0, -ending.length), path, aliases: [] }))
  return [...named, ...lying]
}

/**
 * Stores the name of a GGUF file in llm-gguf's `gguf/models.json`, and as an alias too. All other
 * settings in models.json stay.
 *
 * @returns the path that the name meant before.
 */
export async function nameGgufModel(
  folder: string,
  { name, path }: Pick<GgufModel, 'name' | 'path'>,
): Promise<string | undefined> {
  const file = modelsFile(folder)
  const stored = (await readHomeJson(file)) ?? {}
  const before = Object.hasOwn(stored, name) ? stored[name] : undefined
  const entry = isRecord(before) ? before : {}
  const aliases = new Set(textsOf(entry.aliases)).add(name)
  const entries = new Map(Object.entries(stored))
  entries.set(name, { ...entry, path: resolve(path), aliases: [...aliases] })
  await writeHomeFile(file, JSON.stringify(Object.fromEntries(entries), undefined, 2))
  return typeof entry.path === 'string' ? entry.path : undefined
}

const ending = '.gguf'

function modelsFile(folder: string): string {
  return join(folder, 'gguf', 'models.json')
}

async function readNamedModels(folder: string): Promise<readonly GgufModel[]> {
  const file = modelsFile(folder)
  const stored = (await readHomeJson(file)) ?? {}
  return Object.entries(stored).map(([name, entry]) => {
    if (!isRecord(entry) || typeof entry.path !== 'string')
      throw homeFileInvalid(file, `its model "${name}" has no path`)
    const { n_ctx: contextTokens } = entry
    return {
      name,
      path: resolve(entry.path),
      aliases: textsOf(entry.aliases),
      ...(typeof contextTokens === 'number' && contextTokens > 0 && { contextTokens }),
    }
  })
}

/** Absolute paths, sorted. Empty if the folder does not exist. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter(name => name.toLowerCase().endsWith(ending))
    .sort()
    .map(name => join(folder, name))
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : []
}
