import { existsSync } from 'node:fs'
import { runError } from '../../../error/batch-error.js'
import { type PythonJson, parsePythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { toPythonJson } from '../../../row/python/to-python-json.js'
import { parseSchemaDsl } from '../../../schema/parse-schema-dsl.js'
import { schemaOfSeveral } from '../../../schema/schema-of-several.js'
import { schemaSummary } from '../../../schema/schema-summary.js'
import { type ListedSchema, listSchemas } from '../../../store/list-schemas.js'
import { openStoredSchemas } from '../../../store/open-stored-schemas.js'
import { exitCodes } from '../../text/exit-code.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../../words/command.js'
import { usageInvalid } from '../../words/usage-errors.js'

/** `llm schemas`: an entry for each schema, the last used last. */
export const runSchemasList: RunCommand = async (given, surroundings) => {
  const { lists, switches } = given
  const schemas = await listSchemas(databaseOf(given, surroundings), lists.query ?? [])
  surroundings.stdout.write(textOf(schemas, switches))
  return exitCodes.allAnswered
}

function textOf(schemas: readonly ListedSchema[], switches: GivenCommand['switches']): string {
  if (switches.nl) {
    return schemas.map(schema => `${pythonJsonText(fieldsOf(schema))}\n`).join('')
  }
  if (switches.json) return `${pythonJsonText(schemas.map(fieldsOf), 'indented')}\n`
  return schemas.map(schema => entryText(schema, switches.full === true)).join('')
}

function fieldsOf({ id, content, recently_used, times_used }: ListedSchema): PythonJson {
  return new Map<string, PythonJson>([
    ['id', id],
    ['content', parsePythonJson(content)],
    ['recently_used', recently_used],
    ['times_used', times_used],
  ])
}

function entryText(schema: ListedSchema, isFull: boolean): string {
  const { id, content, recently_used, times_used } = schema
  const parsed = parsePythonJson(content)
  const shown = isFull
    ? [
        '  schema: |',
        ...pythonJsonText(parsed, 'indented')
          .split('\n')
          .map(line => `    ${line}`),
      ]
    : ['  summary: |', `    ${schemaSummary(parsed)}`]
  const times = `${times_used} time${times_used === 1 ? '' : 's'}`
  const usage = `    ${times}, most recently ${recently_used ?? 'None'}`
  return [`- id: ${id}`, ...shown, '  usage: |', usage, ''].join('\n')
}

/** `llm schemas show ID`: prints the whole schema. */
export const runSchemasShow: RunCommand = async (given, surroundings) => {
  const store = await openStoredSchemas(databaseOf(given, surroundings))
  const content = await store.findSchema(given.operands[0] ?? '').finally(store.close)
  if (content === undefined) {
    throw runError('SETTING_INVALID', 'Invalid schema ID', 'See llm schemas.')
  }
  surroundings.stdout.write(`${pythonJsonText(parsePythonJson(content), 'indented')}\n`)
  return exitCodes.allAnswered
}

/** `llm schemas dsl INPUT [--multi]`: prints the JSON schema that a concise notation means. */
export const runSchemasDsl: RunCommand = async ({ operands, switches }, { stdout }) => {
  const one = parseSchemaDsl(operands[0] ?? '')
  const schema = switches.multi ? schemaOfSeveral(one) : one
  stdout.write(`${pythonJsonText(toPythonJson(schema), 'indented')}\n`)
  return exitCodes.allAnswered
}

function databaseOf({ texts }: GivenCommand, { home, clock }: CommandSurroundings) {
  const { database } = texts
  const path = database ?? home.databasePath
  if (existsSync(path)) return { path, clock }
  if (database !== undefined) {
    throw usageInvalid(
      `Invalid value for '-d' / '--database': File '${path}' does not exist.`,
      'Name the path of a database.',
    )
  }
  const remedy = "llm makes it with the first answer that is logged; -d PATH names another's."
  throw runError('SETTING_INVALID', `No log database found at ${path}`, remedy)
}
