import { join } from 'node:path'
import { readHomeText } from './home-file.js'
import { writeHomeFile } from './write-home-file.js'

/** The model asked when nothing else names one. */
export const builtInDefaultModel = 'gpt-4o-mini'

/** What `llm models default` was set to, else the built-in default. `LLM_MODEL` is the caller's to look at first. */
export async function readDefaultModel(folder: string): Promise<string> {
  const text = await readHomeText(defaultModelPath(folder))
  return text?.trim() || builtInDefaultModel
}

/** Sets it, without a line break, as llm does. Aliases are resolved before. */
export async function writeDefaultModel(folder: string, modelId: string): Promise<void> {
  await writeHomeFile(defaultModelPath(folder), modelId)
}

function defaultModelPath(folder: string): string {
  return join(folder, 'default_model.txt')
}
