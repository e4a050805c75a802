import type {
  LoggedAttachment,
  LoggedTool,
  LoggedToolCall,
  LoggedToolResult,
} from '../../../port/llm-log.js'
import { isPythonObject, type PythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { indentText, stripEnd } from '../../../row/python/python-text.js'
import { fencedInList, inlineCode } from './code-text.js'

/**
 * The tools that a call could use. Tools of one configured instance stand below that instance.
 *
 * @param shownTools hashes of tools that were described before; more are added.
 */
export function toolsText(tools: readonly LoggedTool[], shownTools: Set<string>): string {
  if (tools.length === 0) return ''
  const single = tools.filter(({ instance }) => instance === undefined)
  const groups = new Map<string, { readonly title: string; readonly tools: LoggedTool[] }>()
  for (const tool of tools) {
    const { instance } = tool
    if (instance === undefined) continue
    const key = JSON.stringify([instance.name, instance.arguments])
    const shown = instance.arguments && instance.arguments !== '{}' ? instance.arguments : ''
    const group = groups.get(key) ?? { title: `- \`${instance.name}(${shown})\`:\n`, tools: [] }
    groups.set(key, group)
    group.tools.push(tool)
  }
  const texts = [
    ...single.map(tool => toolText(tool, shownTools, '')),
    ...[...groups.values()].map(
      group => group.title + group.tools.map(tool => toolText(tool, shownTools, '    ')).join(''),
    ),
  ]
  return `\n### Tools\n\n${texts.join('')}`
}

function toolText(tool: LoggedTool, shownTools: Set<string>, margin: string): string {
  const { name, hash, description, inputSchema } = tool
  if (shownTools.has(hash)) return `${margin}- **${name}**: \`${hash.slice(0, 7)}\`\n`
  shownTools.add(hash)
  const properties = isPythonObject(inputSchema) ? inputSchema.get('properties') : undefined
  const text =
    `- **${name}**: \`${hash}\`  \n${indentText(stripEnd(description ?? ''), '    ')}  \n` +
    `    Arguments: \`${pythonJsonText(properties ?? new Map())}\``
  return `${indentText(text, margin)}\n`
}

/** A call of a tool by the model. */
export function toolCallText({ name, toolCallId, arguments: given }: LoggedToolCall): string {
  return `- **${name}**: \`${toolCallId ?? 'None'}\`  \n${argumentsText(given)}\n`
}

function argumentsText(given: PythonJson): string {
  if (!isPythonObject(given) || given.size === 0) {
    return `    Arguments: ${inlineCode(pythonJsonText(given))}`
  }
  const lines = [...given].map(([key, value]) =>
    typeof value === 'string'
      ? `    ${key}:\n${fencedInList(value)}`
      : `    ${key}: ${inlineCode(pythonJsonText(value))}`,
  )
  return lines.join('\n')
}

/** What a tool gave back. */
export function toolResultText(result: LoggedToolResult): string {
  const { name, toolCallId, output, exception, attachments } = result
  const error = exception ? `  \n    **Error**: ${exception}\n` : ''
  const files = attachments.map(attachment => `\n    - ${attachmentText(attachment)}`).join('')
  return `- **${name}**: \`${toolCallId ?? 'None'}\`  \n${fencedInList(output)}${error}${files}\n`
}

function attachmentText({ type, path, url, contentBytes }: LoggedAttachment): string {
  const start = type ? `${type}: ` : ''
  if (path) return start + path
  if (url) return start + url
  return contentBytes ? `${start}<${contentBytes.toLocaleString('en-US')} bytes>` : start
}
