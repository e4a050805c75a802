import { join } from 'node:path'
import { readHomeText } from './home-file.js'
import { writeHomeFile } from './write-home-file.js'

/** The model asked when nothing else names one. */
export const builtInDefaultModel = 'gpt-4o-mini'

/**
 * The model that `llm models default` set, else the built-in default. The caller looks at
 * `LLM_MODEL` first.
 */
export async function readDefaultModel(folder: string): Promise<string> {
  const text = await readHomeText(defaultModelPath(folder))
  return text?.trim() || builtInDefaultModel
}

/** Stores a model id as the default, without a line break, as llm does. */
export async function writeDefaultModel(folder: string, modelId: string): Promise<void> {
  await writeHomeFile(defaultModelPath(folder), modelId)
}

function defaultModelPath(folder: string): string {
  return join(folder, 'default_model.txt')
}
