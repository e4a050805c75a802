import type {
  LoggedAttachment,
  LoggedCall,
  LoggedFragment,
  LoggedToolResult,
} from '../../../port/llm-log.js'
import { type PythonJson, readPythonJson } from '../../../row/python/python-json.js'
import { pythonJsonText } from '../../../row/python/python-json-text.js'
import { cutLongText } from '../../../row/python/python-text.js'

/** How calls are shown. */
export interface LogView {
  /** Whether prompts and answers are cut to 100 characters (`--truncate`). */
  readonly isCut: boolean
  /** Whether fragments are shown whole (`--expand`). */
  readonly isExpanded: boolean
}

const cutCharacters = 100

/** The prompt and the answer as a view shows them. */
export function cutCall(call: LoggedCall, { isCut }: LogView): LoggedCall {
  if (!isCut) return call
  const { prompt = '', response = '' } = call
  return { ...call, prompt: cut(prompt), response: cut(response) }
}

/**
 * A call as an object of `llm logs --json`, indented as a part of an array. The members are llm's,
 * in llm's order.
 */
export function callJson(call: LoggedCall, view: LogView): string {
  const members = callMembers(cutCall(call, view), view).filter(
    // With --truncate, llm leaves out every member named `…_json` that has a value.
    ([name, value]) => !(view.isCut && name.endsWith('_json') && value !== null),
  )
  return `  ${pythonJsonText(new Map(members), 'indented').replaceAll('\n', '\n  ')}`
}

type Member = readonly [name: string, value: PythonJson]

function callMembers(call: LoggedCall, view: LogView): readonly Member[] {
  return [
    ['id', call.id],
    ['model', call.model ?? null],
    ['resolved_model', call.resolvedModel ?? null],
    ...(call.isLegacy ? legacyMembers(call) : turnMembers(call)),
    ['prompt_fragments', call.promptFragments.map(fragment => fragmentJson(fragment, view))],
    ['system_fragments', call.systemFragments.map(fragment => fragmentJson(fragment, view))],
    ['tools', call.tools.map(toolJson)],
    ['tool_calls', call.toolCalls.map(toolCall => toolCallJson(toolCall, call))],
    ['tool_results', call.toolResults.map(result => toolResultJson(result, call))],
    ['attachments', call.attachments.map(attachment => attachmentJson(attachment, call))],
  ]
}

function turnMembers(call: LoggedCall): readonly Member[] {
  return [
    optionsMember(call),
    ...conversationMembers(call),
    ...usageMembers(call),
    ...textMembers(call),
    ['reasoning', call.reasoning ?? null],
    ['prompt_json', null],
    ['response_json', call.reply],
  ]
}

function legacyMembers(call: LoggedCall): readonly Member[] {
  const [prompt, system, response] = textMembers(call)
  return [
    prompt as Member,
    system as Member,
    ['prompt_json', jsonOf(call.promptJson)],
    optionsMember(call),
    response as Member,
    ['reasoning', call.reasoning ?? null],
    ['response_json', call.reply],
    ...conversationMembers(call),
    ...usageMembers(call),
  ]
}

const optionsMember = (call: LoggedCall): Member => ['options_json', jsonOf(call.optionsJson)]

function conversationMembers(call: LoggedCall): readonly Member[] {
  return [
    ['conversation_id', call.conversationId ?? null],
    ['duration_ms', call.durationMs ?? null],
    ['datetime_utc', call.startedAt ?? null],
  ]
}

function usageMembers(call: LoggedCall): readonly Member[] {
  return [
    ['input_tokens', call.inputTokens ?? null],
    ['output_tokens', call.outputTokens ?? null],
    ['token_details', call.tokenDetailsJson ?? null],
    ['conversation_name', call.conversationName ?? null],
    ['conversation_model', call.conversationModel ?? null],
    ['schema_json', jsonOf(call.schemaJson)],
  ]
}

function textMembers(call: LoggedCall): readonly Member[] {
  return [
    ['prompt', call.prompt ?? null],
    ['system', call.system ?? null],
    ['response', call.response ?? null],
  ]
}

function fragmentJson(fragment: LoggedFragment, { isExpanded }: LogView): PythonJson {
  const { hash, content, aliases } = fragment
  return new Map<string, PythonJson>([
    ['hash', hash],
    ['content', isExpanded ? content : cut(content)],
    ['aliases', aliases],
  ])
}

function toolJson(tool: LoggedCall['tools'][number]): PythonJson {
  const { instance } = tool
  return new Map<string, PythonJson>([
    ['id', tool.id],
    ['hash', tool.hash],
    ['name', tool.name],
    ['description', tool.description ?? null],
    ['input_schema', tool.inputSchema],
    [
      'instance',
      instance === undefined
        ? null
        : new Map([
            ['name', instance.name],
            ['arguments', instance.arguments ?? null],
          ]),
    ],
  ])
}

function toolCallJson(
  toolCall: LoggedCall['toolCalls'][number],
  { isLegacy }: LoggedCall,
): PythonJson {
  return new Map<string, PythonJson>([
    ['id', toolCall.id ?? null],
    ['tool_id', toolCall.toolId ?? null],
    ['name', toolCall.name],
    ['arguments', toolCall.arguments],
    ['tool_call_id', toolCall.toolCallId ?? null],
    ...(isLegacy ? [] : [['server_executed', toolCall.isServerExecuted] as const]),
  ])
}

function toolResultJson(result: LoggedToolResult, call: LoggedCall): PythonJson {
  const { instance } = result
  return new Map<string, PythonJson>([
    ['id', result.id ?? null],
    ['tool_id', result.toolId ?? null],
    ['name', result.name],
    ['output', result.output],
    ['tool_call_id', result.toolCallId ?? null],
    ['exception', result.exception ?? null],
    ...(call.isLegacy ? [] : [['server_executed', result.isServerExecuted] as const]),
    [
      'instance',
      instance === undefined
        ? null
        : new Map([
            ['name', instance.name],
            ['plugin', instance.plugin ?? null],
            ['arguments', instance.arguments ?? null],
          ]),
    ],
    ['attachments', result.attachments.map(attachment => resultAttachmentJson(attachment, call))],
  ])
}

/** For an older call, llm shows the length of a content, but not that there is one. */
function attachmentJson(attachment: LoggedAttachment, { isLegacy }: LoggedCall): PythonJson {
  const { contentBytes } = attachment
  if (isLegacy) {
    return new Map([...placeMembers(attachment), ['content_length', contentBytes ?? null]])
  }
  return new Map([...placeMembers(attachment), ...contentMembers(contentBytes)])
}

function resultAttachmentJson(attachment: LoggedAttachment, { isLegacy }: LoggedCall): PythonJson {
  const content = contentMembers(attachment.contentBytes)
  return new Map([...placeMembers(attachment), ...(isLegacy ? content.slice(0, 1) : content)])
}

function placeMembers({ id, type, path, url }: LoggedAttachment): readonly Member[] {
  return [
    ['id', id],
    ['type', type ?? null],
    ['path', path ?? null],
    ['url', url ?? null],
  ]
}

function contentMembers(contentBytes: number | undefined): readonly Member[] {
  return [
    ['content', contentBytes ? true : null],
    ['content_length', contentBytes || null],
  ]
}

function cut(text: string): string {
  return cutLongText(text, { most: cutCharacters })
}

function jsonOf(text: string | undefined): PythonJson {
  return text === undefined ? null : (readPythonJson(text) ?? null)
}
