import type { LoggedCall } from '../../../port/llm-log.js'
import { isPythonObject, readPythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { inlineCode } from './code-text.js'

/** The tokens and the duration of a call, or '' if neither is known. */
export function callUsageText(call: LoggedCall): string {
  const { durationMs } = call
  const lines = [tokensText(call)]
  if (durationMs !== undefined) lines.push(`Duration: ${durationMs}ms (${clockText(durationMs)})`)
  const known = lines.filter(line => line !== '')
  return known.length === 0 ? '' : `## Token usage\n\n${known.join('\n\n')}\n\n`
}

function tokensText({ inputTokens, outputTokens, tokenDetailsJson }: LoggedCall): string {
  const parts: string[] = []
  if (inputTokens !== undefined) parts.push(`${inputTokens.toLocaleString('en-US')} input`)
  if (outputTokens !== undefined) parts.push(`${outputTokens.toLocaleString('en-US')} output`)
  const details = tokenDetailsJson ? readPythonJson(tokenDetailsJson) : undefined
  const isEmpty = isPythonObject(details) && details.size === 0
  if (details && !isEmpty) parts.push(inlineCode(pythonJsonText(details)))
  return parts.join(', ')
}

function clockText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const rest = `${seconds % 60}s`
  if (hours > 0) return `${hours}h ${minutes % 60}m ${rest}`
  return minutes > 0 ? `${minutes}m ${rest}` : rest
}
