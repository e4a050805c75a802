import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import type { Template } from './template.js'

/**
 * Proves that each param is asked for, and that no param and column have the same name.
 *
 * @param templates the template and the system prompt.
 * @throws {BatchError} OPTIONS_INVALID, reach run.
 */
export function checkParams(
  params: readonly string[],
  templates: readonly Template[],
  columns: readonly string[],
): void {
  const asked = new Set<string>()
  for (const { parts } of templates) {
    for (const part of parts) if (part.kind === 'placeholder') asked.add(part.name)
  }
  for (const name of params) {
    // As in llm, `input` is the row's own prompt.
    if (name === 'input') throw paramTaken(name, "the row's own prompt")
    if (columns.includes(name)) throw paramTaken(name, 'a column of the input')
    if (!asked.has(name))
      throw paramUnknown(
        name,
        [...asked].filter(each => !columns.includes(each)),
      )
  }
}

function paramTaken(name: string, what: string): BatchError {
  return runError(
    'OPTIONS_INVALID',
    `-p ${name} cannot be set: ${name} is ${what}`,
    `Leave out -p ${name}, or use another name in the template.`,
  )
}

function paramUnknown(name: string, asked: readonly string[]): BatchError {
  const [near] = nearest(name, asked, 1)
  const others = asked.length === 0 ? 'no name that is not a column' : asked.join(', ')
  return runError(
    'OPTIONS_INVALID',
    `-p ${name} is not asked for by the template`,
    near === undefined ? `The template asks for: ${others}.` : `Did you mean -p ${near}?`,
  )
}
