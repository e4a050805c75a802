import { BatchError, runError } from '../error/batch-error.js'
import type { Tool, ToolCallPlace } from '../port/tool.js'
import type { JsonSchema } from '../row/json-schema.js'
import { compileSchema } from '../schema/compile-schema.js'
import { type InputSchema, readInputSchema } from './read-input-schema.js'

export interface ExportPlace {
  readonly file: string
  readonly exportName: string
}

/** An export that looks like a tool. */
type ToolLike = Readonly<Record<'name' | 'description' | 'inputSchema' | 'execute', unknown>>

/** All providers take these names. */
const goodName = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * The tool that an export of a file is; undefined for an export with neither `execute` nor
 * `inputSchema`.
 *
 * @throws {BatchError} TOOL_INVALID for a tool that lacks something, reach run.
 */
export async function toolOfExport(value: unknown, place: ExportPlace): Promise<Tool | undefined> {
  if (!isToolLike(value)) return undefined
  const { name = place.exportName, description, inputSchema, execute } = value
  if (name === 'default') {
    throw toolInvalid(place, 'it has no name', 'Give it a name, as in name: "my_tool".')
  }
  if (typeof name !== 'string' || !goodName.test(name)) {
    throw toolInvalid(
      place,
      `providers do not take the name ${JSON.stringify(name)}`,
      'Use 1 to 64 letters of English, digits, dashes and underscores.',
    )
  }
  if (typeof description !== 'string' || description.trim() === '') {
    throw toolInvalid(
      place,
      'it has no description',
      'Say in description what the tool does. The model reads it.',
    )
  }
  if (typeof execute !== 'function') {
    throw toolInvalid(
      place,
      'it has no function execute',
      'Write it as execute: async (input, { signal, row }) => …',
    )
  }
  const { schema, check } = await inputSchemaOf(inputSchema, place)
  return {
    spec: { name, description, inputSchema: schema },
    execute: async (input, { signal, row }: ToolCallPlace) => {
      // The AI SDK names the signal `abortSignal`.
      const callPlace = { signal, row, abortSignal: signal }
      return lastOf(await execute.call(value, await check(input), callPlace))
    },
  }
}

function isToolLike(value: unknown): value is ToolLike {
  if (typeof value !== 'object' || value === null) return false
  return 'execute' in value || 'inputSchema' in value
}

async function inputSchemaOf(value: unknown, place: ExportPlace): Promise<InputSchema> {
  const found = await readInputSchema(value).catch(error => {
    throw schemaInvalid(place, error)
  })
  if (found.schema.type !== 'object') {
    throw toolInvalid(
      place,
      'its inputSchema is not the schema of an object',
      `Write it as ${example}, or with z.object of zod.`,
    )
  }
  await checkSchema(found.schema).catch(error => {
    throw schemaInvalid(place, error)
  })
  return found
}

const example = '{ type: "object", properties: { text: { type: "string" } }, required: ["text"] }'

async function checkSchema(schema: JsonSchema): Promise<void> {
  await compileSchema(schema)
}

/** A tool of the AI SDK may give several results, each instead of the one before. */
async function lastOf(output: unknown): Promise<unknown> {
  if (typeof output !== 'object' || output === null) return output
  if (!(Symbol.asyncIterator in output)) return output
  let last: unknown
  for await (const part of output as AsyncIterable<unknown>) last = part
  return last
}

function schemaInvalid(place: ExportPlace, error: unknown): BatchError {
  const { message } = error as Error
  const reason = BatchError.isInstance(error) ? message : `its inputSchema fails: ${message}`
  return toolInvalid(place, reason, `Write a JSON Schema, as ${example}, or use zod 4.`, error)
}

function toolInvalid(
  { file, exportName }: ExportPlace,
  reason: string,
  remedy: string,
  cause?: unknown,
): BatchError {
  const message = `The tool ${exportName} of ${file} cannot be used: ${reason}`
  return runError('TOOL_INVALID', message, remedy, cause)
}
