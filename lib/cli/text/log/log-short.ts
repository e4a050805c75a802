import type { LoggedCall } from '../../../port/llm-log.js'
import { type PythonJson, readPythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { cutLongText, joinSpaces, stripText } from '../../../row/python/python-text.js'
import { cutCall, type LogView } from './log-json.js'
import { pythonYaml } from './python-yaml.js'

export interface LogShortOptions extends LogView {
  readonly hasUsage: boolean
}

const cutCharacters = 120

/** A call as a short YAML entry, without its answer (`llm logs --short`). */
export function logShort(call: LoggedCall, options: LogShortOptions): string {
  const members = shortMembers(cutCall(call, options), options)
  return `${stripText(pythonYaml([new Map(members)]))}\n`
}

function shortMembers(
  call: LoggedCall,
  { hasUsage }: LogShortOptions,
): readonly (readonly [string, PythonJson])[] {
  const members: [string, PythonJson][] = [
    ['model', call.model ?? null],
    ['datetime', (call.startedAt ?? '').split('.')[0] ?? ''],
    ['duration_ms', call.durationMs ?? null],
    ['conversation', call.conversationId ?? null],
  ]
  if (call.toolCalls.length > 0) {
    const calls = call.toolCalls.map(made => `${made.name}(${pythonJsonText(made.arguments)})`)
    members.push(['tool_calls', calls])
  }
  if (call.toolResults.length > 0) {
    const results = call.toolResults.map(
      ({ name, output }) => `${name}: ${cutLongText(output, { most: 100 })}`,
    )
    members.push(['tool_results', results])
  }
  const system = cutLongText(joinSpaces(call.system ?? ''), { most: cutCharacters })
  const prompt = cutLongText(joinSpaces(call.prompt ?? ''), { most: cutCharacters, keepsEnd: true })
  if (system !== '') members.push(['system', system])
  if (prompt !== '') members.push(['prompt', prompt])
  if (call.attachments.length > 0) members.push(['attachments', attachmentsOf(call)])
  members.push(['prompt_fragments', call.promptFragments.map(({ hash }) => hash)])
  members.push(['system_fragments', call.systemFragments.map(({ hash }) => hash)])
  if (hasUsage && (call.inputTokens || call.outputTokens)) members.push(['usage', usageOf(call)])
  return members
}

function attachmentsOf({ attachments }: LoggedCall): PythonJson {
  return attachments.map(({ type, path, url }) => {
    const members: [string, PythonJson][] = [['type', type ?? null]]
    if (path) members.push(['path', path])
    if (url) members.push(['url', url])
    return new Map(members)
  })
}

function usageOf({ inputTokens, outputTokens, tokenDetailsJson }: LoggedCall): PythonJson {
  const members: [string, PythonJson][] = [
    ['input', inputTokens ?? null],
    ['output', outputTokens ?? null],
  ]
  const details = tokenDetailsJson ? readPythonJson(tokenDetailsJson) : undefined
  if (details !== undefined) members.push(['details', details])
  return new Map(members)
}
