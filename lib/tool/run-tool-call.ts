import { BatchError, runError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { Tool, ToolCallPlace, ToolRunner } from '../port/tool.js'
import { stringifyJson } from '../row/exact-json.js'
import type { ColumnValue } from '../row/row.js'
import type { ToolCall, ToolResult } from '../row/tool-call.js'
import { compileSchema, type FaultOfValue } from '../schema/compile-schema.js'
import { answerInTime } from './answer-in-time.js'
import { cutOutput } from './result/cut-output.js'
import { failedResult, toolError, unknownTool } from './result/failed-result.js'

export interface ToolRunnerOptions {
  /** The longest time of one call, in milliseconds. */
  readonly timeoutMs: number
  readonly clock: Pick<Clock, 'sleep' | 'afterTurn'>
}

/**
 * Makes the runner of a run's tools.
 *
 * A result is a text of at most 16 KB, with a word about the cut. A tool that does not answer
 * within its time does not hold its row. (Only the tool itself can mend that it computes without a
 * pause, and so holds the whole process.)
 *
 * @throws {BatchError} TOOL_INVALID for two tools of one name, and for a schema that is none; reach
 * run.
 * @example
 * const runner = await createToolRunner(tools, { timeoutMs: 30_000, clock: systemClock })
 * await runner.run({ id: 'call_1', name: 'add', argumentsText: '{"a": 1}' }, { row, signal })
 * // { callId: 'call_1', name: 'add',
 * //   output: "Error: the arguments do not fit: the value must have required property 'b'",
 * //   exception: "TypeError: the arguments do not fit: …" }
 */
export async function createToolRunner(
  tools: readonly Tool[],
  options: ToolRunnerOptions,
): Promise<ToolRunner> {
  const known = new Map<string, CheckedTool>()
  for (const tool of tools) {
    if (known.has(tool.spec.name)) throw twoOfOneName(tool.spec.name)
    known.set(tool.spec.name, { tool, faultOf: await compileInputSchema(tool) })
  }

  return {
    async run(call, place) {
      const checked = known.get(call.name)
      place.signal.throwIfAborted()
      if (checked === undefined) return unknownTool(call)
      try {
        return await resultOf(checked, call, { place, ...options })
      } catch (error) {
        place.signal.throwIfAborted()
        return failedResult(call, error)
      }
    },
  }
}

interface CheckedTool {
  readonly tool: Tool
  readonly faultOf: FaultOfValue
}

interface RunPlace extends ToolRunnerOptions {
  readonly place: ToolCallPlace
}

async function resultOf(
  { tool, faultOf }: CheckedTool,
  { id, name, argumentsText }: ToolCall,
  options: RunPlace,
): Promise<ToolResult> {
  const input = parseArguments(argumentsText)
  const fault = isObject(input) ? faultOf(input) : 'they are not a JSON object'
  if (fault !== undefined) throw toolError('TypeError', `the arguments do not fit: ${fault}`)
  const output = await answerInTime({ tool, input, ...options })
  return { callId: id, name, output: cutOutput(outputText(output)) }
}

/** Models write nothing for a call without arguments. */
function parseArguments(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    throw toolError('JSONDecodeError', `the arguments are not JSON: ${message}`)
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A tool that gives nothing gives `null`, as in llm. */
function outputText(output: unknown): string {
  if (typeof output === 'string') return output
  return (stringifyJson(output as ColumnValue) as string | undefined) ?? 'null'
}

async function compileInputSchema({ spec }: Tool): Promise<FaultOfValue> {
  try {
    return await compileSchema(spec.inputSchema)
  } catch (error) {
    if (!BatchError.isInstance(error)) throw error
    throw runError(
      'TOOL_INVALID',
      `The input schema of the tool ${spec.name} cannot be used: ${error.message}`,
      'Give the tool a JSON Schema of an object, such as {"type": "object", "properties": {}}.',
      error,
    )
  }
}

function twoOfOneName(name: string): BatchError {
  return runError(
    'TOOL_INVALID',
    `Two tools have the name ${name}`,
    'Rename one of them, or leave one out.',
  )
}
