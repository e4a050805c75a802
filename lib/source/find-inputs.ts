import { access } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { glob } from 'tinyglobby'
import { type BatchError, runError } from '../error/batch-error.js'

/** One of several inputs. */
export interface FoundInput {
  /** As in messages: as the user wrote it, or `-`. */
  readonly path: string
  /** For the column of the source: below the folder that all inputs are in. */
  readonly shortName: string
}

/**
 * The files that paths and patterns such as `data/*.jsonl` mean: in the order of the words, those
 * of a pattern sorted by name. A word that is the name of a file is that file, whatever it has in
 * it.
 *
 * @param output a file that no pattern means, because the batch writes it; absolute.
 * @throws {BatchError} INPUT_NOT_FOUND for a further word that is not there, or a pattern that
 * matches nothing; USAGE_INVALID for an input that is named twice; reach `run`.
 */
export async function findInputs(
  words: readonly string[],
  output: string | undefined,
): Promise<readonly FoundInput[]> {
  const paths: string[] = []
  for (const word of words) {
    const files = await filesOf(word, output)
    const isFurther = paths.length > 0 && files[0] === word && word !== '-'
    if (isFurther && !(await isThere(word))) throw furtherNotFound(word)
    paths.push(...files)
  }
  const seen = new Set<string>()
  for (const path of paths) {
    const place = path === '-' ? path : resolve(path)
    if (seen.has(place)) throw namedTwice(path)
    seen.add(place)
  }
  const folder = commonFolder(paths.filter(path => path !== '-').map(path => resolve(path)))
  return paths.map(path => ({
    path,
    shortName: path === '-' ? 'standard input' : relative(folder, resolve(path)),
  }))
}

async function filesOf(word: string, output: string | undefined): Promise<readonly string[]> {
  if (word === '-' || !/[*?[{]/.test(word) || (await isThere(word))) return [word]
  const found = await glob(word, { expandDirectories: false, absolute: resolve(word) === word })
  const files = found.filter(path => resolve(path) !== output)
  if (files.length === 0) throw nothingMatches(word)
  return files.sort()
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? resolve('x'))
  const isIn = (path: string) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
  while (!paths.every(isIn)) folder = dirname(folder)
  return folder
}

const furtherRemedy =
  'Further words are further inputs; a prompt comes after --template, in quotes.'

function furtherNotFound(word: string): BatchError {
  const remedy = `Check the path. ${furtherRemedy}`
  return runError('INPUT_NOT_FOUND', `Input file not found: ${shortened(word)}`, remedy)
}

function nothingMatches(pattern: string): BatchError {
  const remedy = `Check the pattern, and the folder that it starts in. ${furtherRemedy}`
  return runError('INPUT_NOT_FOUND', `No input file matches ${shortened(pattern)}`, remedy)
}

/** Shows only the start of a word, because it may be a whole prompt. */
function shortened(word: string): string {
  return word.length > 80 ? `${word.slice(0, 80)}…` : word
}

function namedTwice(path: string): BatchError {
  const name = path === '-' ? 'Standard input' : `Input file ${path}`
  return runError(
    'USAGE_INVALID',
    `${name} is named twice, so its rows would be asked twice`,
    'Name each input once.',
  )
}
