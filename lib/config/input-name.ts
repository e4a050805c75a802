import { resolve } from 'node:path'

/**
 * The name of a batch's input, for its record: an absolute path, or `-`; for several inputs the
 * JSON list of theirs, with which no absolute path can be confused.
 *
 * @param input paths or patterns, as the user wrote them.
 */
export function inputName(input: string | readonly string[]): string {
  const names = inputList(input).map(word => (word === '-' ? word : resolve(word)))
  return names.length === 1 ? (names[0] ?? '') : JSON.stringify(names)
}

/** The paths and patterns in the name of an input. */
export function namedInputs(name: string): readonly string[] {
  return name.startsWith('[') ? JSON.parse(name) : [name]
}

export function inputList(input: string | readonly string[]): readonly string[] {
  return typeof input === 'string' ? [input] : input
}
