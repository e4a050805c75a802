import type { LoggedAttachment, LoggedCall, LoggedFragment } from '../../../port/llm-log.js'
import { isPythonObject, type PythonJson, readPythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { pythonShown } from '../../../row/python/python-shown.js'
import { stripEnd } from '../../../row/python/python-text.js'
import { callUsageText } from './call-usage-text.js'
import { fenceIfCode } from './code-text.js'
import { cutCall, type LogView } from './log-json.js'
import { toolCallText, toolResultText, toolsText } from './tool-text.js'

export interface LogMarkdownOptions extends LogView {
  /** Whether tokens and durations are shown (`--usage`). */
  readonly hasUsage: boolean
  /** Whether all calls are of one conversation, so that only the first names it. */
  readonly isOneConversation: boolean
}

/**
 * Makes the Markdown of `llm logs`, byte by byte that of llm 0.36. The result gives the text of one
 * call after another: what the call before has shown, such as the same system prompt, is not shown
 * again.
 */
export function logMarkdown(options: LogMarkdownOptions): (call: LoggedCall) => string {
  let shownSystem: string | undefined
  let isConversationShown = true
  const shownTools = new Set<string>()

  return given => {
    const call = cutCall(given, options)
    const isSystemNew = call.system !== shownSystem
    const text = [
      headingText(call, isConversationShown),
      `## Prompt\n\n${call.prompt || '-- none --'}\n`,
      fragmentsText('Prompt fragments', call.promptFragments, options),
      options.isCut ? '' : optionsText(call),
      isSystemNew && call.system !== undefined ? `\n## System\n\n${call.system}\n` : '',
      fragmentsText('System fragments', call.systemFragments, options),
      schemaText(call, options),
      toolsText(call.tools, shownTools),
      resultsText(call, false, '\n### Tool results\n\n', ''),
      attachmentsText(call.attachments),
      reasoningText(call),
      '\n## Response\n\n',
      callsText(call),
      resultsText(call, true, '### Tool results\n\n', '\n'),
      responseText(call, options),
      options.hasUsage ? callUsageText(call) : '',
    ].join('')
    if (options.isOneConversation) isConversationShown = false
    shownSystem = call.system
    return text
  }
}

function headingText(call: LoggedCall, isConversationShown: boolean): string {
  const { startedAt = '', conversationId, id, model, resolvedModel } = call
  const time = startedAt.split('.')[0]
  if (!isConversationShown) return `# ${time}\n\n`
  const resolved = resolvedModel ? ` (resolved: **${resolvedModel}**)` : ''
  return (
    `# ${time}    conversation: ${shown(conversationId)} id: ${id}\n` +
    `\nModel: **${shown(model)}**${resolved}\n\n`
  )
}

function fragmentsText(
  title: string,
  fragments: readonly LoggedFragment[],
  { isExpanded }: LogView,
): string {
  if (fragments.length === 0) return ''
  const texts = fragments.map(({ hash, content }) =>
    isExpanded
      ? `<details><summary>${hash}</summary>\n${fenceIfCode(content)}\n</details>`
      : `- ${hash}`,
  )
  return `\n### ${title}\n\n${texts.join('\n')}\n`
}

function optionsText({ optionsJson }: LoggedCall): string {
  const options = jsonOf(optionsJson)
  if (!isPythonObject(options) || options.size === 0) return ''
  const lines = [...options].map(([key, value]) => `- ${key}: ${pythonShown(value)}\n`)
  return `\n## Options\n\n${lines.join('')}`
}

function schemaText(call: LoggedCall, view: LogView): string {
  const schema = schemaOf(call, view)
  if (schema === undefined) return ''
  return `\n## Schema\n\n\`\`\`json\n${pythonJsonText(schema, 'indented')}\n\`\`\`\n`
}

function schemaOf({ schemaJson }: LoggedCall, { isCut }: LogView): PythonJson | undefined {
  const schema = isCut ? undefined : jsonOf(schemaJson)
  return isPythonObject(schema) && schema.size === 0 ? undefined : (schema ?? undefined)
}

function resultsText(
  { toolResults }: LoggedCall,
  isServerExecuted: boolean,
  heading: string,
  end: string,
): string {
  const results = toolResults.filter(result => result.isServerExecuted === isServerExecuted)
  if (results.length === 0) return ''
  return heading + results.map(toolResultText).join('') + end
}

function callsText({ toolCalls }: LoggedCall): string {
  if (toolCalls.length === 0) return ''
  return `### Tool calls\n\n${toolCalls.map(toolCallText).join('')}\n`
}

function attachmentsText(attachments: readonly LoggedAttachment[]): string {
  if (attachments.length === 0) return ''
  return `\n### Attachments\n\n${attachments.map(attachmentLine).join('')}`
}

function attachmentLine(attachment: LoggedAttachment, index: number): string {
  const { type, path, url, contentBytes } = attachment
  const start = `${index + 1}. **${shown(type)}**: `
  if (path) return `${start}\`${path}\`\n`
  if (url) return `${start}${url}\n`
  return contentBytes ? `${start}\`<${contentBytes.toLocaleString('en-US')} bytes>\`\n` : ''
}

function reasoningText({ reasoning }: LoggedCall): string {
  if (!reasoning) return ''
  const summary = '<details><summary>Reasoning trace</summary>'
  return `\n## Reasoning\n\n${summary}\n\n${stripEnd(reasoning)}\n\n</details>\n`
}

/** An answer with a schema is shown as indented JSON, if the answer is JSON. */
function responseText(call: LoggedCall, view: LogView): string {
  const { response } = call
  if (!response) return ''
  const parsed = schemaOf(call, view) === undefined ? undefined : readPythonJson(response)
  if (parsed === undefined) return `${response}\n\n`
  return `\`\`\`json\n${pythonJsonText(parsed, 'indented')}\n\`\`\`\n\n`
}

function jsonOf(text: string | undefined): PythonJson | undefined {
  return text === undefined ? undefined : readPythonJson(text)
}

function shown(text: string | undefined): string {
  return text ?? 'None'
}
