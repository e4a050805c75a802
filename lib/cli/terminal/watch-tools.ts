import { printableLine, printableText } from '../../host/printable.js'
import type { ToolCallPlace } from '../../port/tool.js'
import type { ToolCall, ToolResult } from '../../row/tool-call.js'
import type { ToolWatch } from '../../tool/watch-tool-calls.js'
import { countText } from '../text/amount-text.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'
import { askYesNo } from './ask-user.js'

type WatchToolsSurroundings = Pick<
  CommandSurroundings,
  'stdin' | 'stderr' | 'openTerminal' | 'environment' | 'signals'
>

/** What `--tools-debug` and `--tools-approve` do. */
export interface WatchedTools {
  /** Absent if neither is given. */
  readonly watch: ToolWatch | undefined
  /** Lets go of the terminal. */
  readonly close: () => void
}

/**
 * Shows the calls of tools on standard error, and asks before each. Ctrl-C at a question is Ctrl-C.
 *
 * @param inputs those of the batch, as they were named.
 * @throws {BatchError} USAGE_INVALID if there is no terminal to ask on.
 */
export function watchTools(
  switches: GivenCommand['switches'],
  inputs: readonly string[],
  surroundings: WatchToolsSurroundings,
): WatchedTools {
  const isStdinRead = inputs.includes('-')
  const { stderr, environment, signals } = surroundings
  const isShown = switches.toolsDebug ?? isOn(environment.LLM_TOOLS_DEBUG)
  const terminal =
    switches.toolsApprove === true ? openedTerminal(isStdinRead, surroundings) : undefined
  const close = () => void (isStdinRead && terminal?.destroy())
  if (!isShown && terminal === undefined) return { watch: undefined, close }
  return { watch: { approve: terminal && approve, onResult: isShown ? show : undefined }, close }

  async function approve(call: ToolCall, place: ToolCallPlace): Promise<boolean> {
    try {
      const question = `${callText(call, place)}: run it?`
      return await askYesNo(question, { stdin: terminal as CommandSurroundings['stdin'], stderr })
    } catch {
      signals.emit('SIGINT', 'SIGINT')
      return false
    }
  }

  function show(call: ToolCall, result: ToolResult, place: ToolCallPlace): void {
    const { output, exception } = result
    const lines = [
      ...shownOutput(output).split('\n'),
      ...(exception ? [`Exception: ${exception}`] : []),
    ]
    stderr.write(`${callText(call, place)}\n${lines.map(line => `  ${line}\n`).join('')}`)
  }
}

/** As Click reads a switch from the environment. */
function isOn(value: string | undefined): boolean {
  return /^(1|true|t|yes|y|on)$/i.test(value?.trim() ?? '')
}

function openedTerminal(
  isStdinRead: boolean,
  { stdin, stderr, openTerminal }: WatchToolsSurroundings,
): CommandSurroundings['stdin'] {
  const terminal = isStdinRead ? openTerminal?.() : stdin.isTTY === true ? stdin : undefined
  if (terminal !== undefined && stderr.isTTY === true) return terminal
  if (isStdinRead) terminal?.destroy()
  throw usageInvalid(
    '--tools-approve asks before each call of a tool, and there is no terminal to ask on.',
    'Run the batch on a terminal, or leave out --tools-approve.',
  )
}

function callText({ name, argumentsText }: ToolCall, { row }: ToolCallPlace): string {
  const text = `Row ${countText(row.index + 1)}: Tool call: ${name}(${argumentsText.trim()})`
  return printableLine(text)
}

/** JSON is spread over lines, as llm does. */
function shownOutput(output: string): string {
  try {
    return printableText(JSON.stringify(JSON.parse(output), undefined, 2))
  } catch {
    return printableText(output)
  }
}
