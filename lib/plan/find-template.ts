import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import {
  findSavedTemplate,
  listSavedTemplates,
  type SavedTemplate,
} from '../home/find-saved-template.js'

/** What `--template` turned out to mean: a text with `{column}`, a saved template, or nothing given. */
export interface FoundTemplate {
  readonly text?: string
  readonly saved?: SavedTemplate
}

/**
 * A saved template of that name if there is one, else the text itself.
 *
 * A single word without braces can only be a name: asked as it stands, every row would get the same one word.
 *
 * @throws {BatchError} TEMPLATE_NOT_FOUND for such a word that names no template.
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
