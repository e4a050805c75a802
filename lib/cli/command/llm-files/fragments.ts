import { text } from 'node:stream/consumers'
import { readFragment } from '../../../home/read-fragment.js'
import type { Fragment } from '../../../row/prompt.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { toPythonJson } from '../../../row/python/to-python-json.js'
import {
  listFragments,
  removeFragmentAlias,
  setFragmentAlias,
} from '../../../store/fragment-library.js'
import { openStoredFragments } from '../../../store/open-stored-fragments.js'
import { exitCodes } from '../../text/exit-code.js'
import { pythonYaml } from '../../text/log/python-yaml.js'
import type { CommandSurroundings, RunCommand } from '../../words/command.js'
import { asSettingInvalid, usageInvalid } from '../../words/usage-errors.js'
import { fragmentFetcher } from '../fragment-fetcher.js'

/** Code points of a fragment's text in the list. */
const shownLength = 100

/** `llm fragments`: an entry of YAML for each fragment, the oldest first. */
export const runFragmentsList: RunCommand = async ({ lists, switches }, surroundings) => {
  const { stdout } = surroundings
  const { query: queries = [] } = lists
  const asked = { queries, hasAlias: switches.aliases === true }
  const fragments = await listFragments(libraryOf(surroundings), asked)
  if (switches.json) {
    stdout.write(`${pythonJsonText(toPythonJson(fragments), 'wide')}\n`)
    return exitCodes.allAnswered
  }
  for (const { hash, aliases, datetime_utc, source, content } of fragments) {
    const shown = { hash, aliases, datetime_utc, source, content: cut(content) }
    const options = { width: Number.MAX_SAFE_INTEGER, isLiteral: true }
    stdout.write(`${pythonYaml(toPythonJson([shown]), options).trim()}\n`)
  }
  return exitCodes.allAnswered
}

function cut(content: string): string {
  const characters = [...content]
  if (characters.length <= shownLength) return content
  return `${characters.slice(0, shownLength - 3).join('')}...`
}

/** `llm fragments set ALIAS FRAGMENT` */
export const runFragmentsSet: RunCommand = async ({ operands }, surroundings) => {
  const [given = '', name = ''] = operands
  const alias = checkAlias(given)
  const fragment = await find(name, surroundings)
  await setFragmentAlias(libraryOf(surroundings), { alias, fragment })
  return exitCodes.allAnswered
}

/** `llm fragments show ALIAS_OR_HASH`: prints the whole text. */
export const runFragmentsShow: RunCommand = async ({ operands }, surroundings) => {
  const { content } = await find(operands[0] ?? '', surroundings)
  surroundings.stdout.write(`${content}\n`)
  return exitCodes.allAnswered
}

/** `llm fragments remove ALIAS` */
export const runFragmentsRemove: RunCommand = async ({ operands }, surroundings) => {
  await removeFragmentAlias(libraryOf(surroundings), checkAlias(operands[0] ?? ''))
  return exitCodes.allAnswered
}

function checkAlias(alias: string): string {
  if (/^[a-zA-Z0-9_-]+$/.test(alias)) return alias
  throw usageInvalid(
    "Invalid value for 'ALIAS': Fragment alias must be alphanumeric",
    'Use letters, digits, dashes and underscores.',
  )
}

async function find(name: string, surroundings: CommandSurroundings): Promise<Fragment> {
  const store = await openStoredFragments(libraryOf(surroundings))
  try {
    return await readFragment(name, {
      store,
      readInput: () => text(surroundings.stdin),
      fetchText: fragmentFetcher(surroundings),
    })
  } catch (error) {
    throw asSettingInvalid(error, 'FRAGMENT_NOT_FOUND')
  } finally {
    await store.close()
  }
}

function libraryOf({ home, clock }: CommandSurroundings) {
  return { path: home.databasePath, clock }
}
