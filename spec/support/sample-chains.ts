import type { Answer } from '../../lib/row/answer.js'
import type { Attachment } from '../../lib/row/attachment.js'
import type { Answered } from '../../lib/row/outcome.js'
import type { ModelOptions, Prompt } from '../../lib/row/prompt.js'
import type { ToolCall, ToolResult, ToolSpec } from '../../lib/row/tool-call.js'
import type { ToolRound } from '../../lib/row/tool-round.js'
import { addUsage } from '../../lib/row/usage-sum.js'
import { readMessages } from '../../lib/template/read-messages.js'
import { fragmentOf } from '../store/write-calls.js'
import { answer, prompt } from './rows.js'

/** A tool that always gives the same, or always fails. */
export type SampleTool = ToolSpec &
  ({ readonly output: string } | { readonly error: string; readonly exception: string })

export interface SampleAnswer {
  readonly text: string
  readonly reasoning?: string
  readonly toolCalls?: readonly ToolCall[]
  readonly inputTokens: number
  readonly outputTokens: number
}

/** What a model says for one row, and what its tools give: plain JSON, for other programs too. */
export interface SampleChain {
  readonly text: string
  readonly system?: string
  readonly options: ModelOptions
  readonly attachments?: readonly Attachment[]
  readonly tools: readonly SampleTool[]
  readonly answers: readonly SampleAnswer[]
}

export const sampleTools: readonly SampleTool[] = [
  {
    name: 'add',
    description: 'Adds two numbers.\n\n    Both of them.',
    inputSchema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'number', minimum: 0.5 } },
      required: ['a', 'b'],
    },
    output: '5.0',
  },
  {
    name: 'say',
    description: 'Sagt “ünï”',
    inputSchema: { properties: {}, type: 'object' },
    output: 'multi\nline ``` `code` ünï 😀',
  },
  {
    name: 'fail',
    description: 'Fails.',
    inputSchema: { type: 'object', properties: {} },
    error: 'no\nway',
    exception: 'ValueError: no\nway',
  },
  {
    name: 'llm_version',
    description: 'Return the installed version of llm',
    inputSchema: { properties: {}, type: 'object' },
    plugin: 'llm.default_plugins.default_tools',
    output: '0.36',
  },
]

export function sampleCall(id: string, name: string, argumentsText = ''): ToolCall {
  return { id, name, argumentsText }
}

/** Parallel calls, an exception, an unknown tool, and empty arguments. */
export const threeCallChain: SampleChain = {
  text: 'What is 2 and 3?',
  system: 'Use them',
  options: { temperature: 0.5 },
  tools: sampleTools,
  answers: [
    {
      text: 'Let me see.',
      reasoning: 'A sum',
      toolCalls: [
        sampleCall('call_1', 'add', '{"b": 3.0, "a": 2}'),
        sampleCall('call_2', 'fail', '{}'),
      ],
      inputTokens: 10,
      outputTokens: 4,
    },
    {
      text: '',
      toolCalls: [sampleCall('call_3', 'nobody', '{"q": "ünï 😀"}'), sampleCall('call_4', 'say')],
      inputTokens: 20,
      outputTokens: 5,
    },
    { text: 'It is five.', inputTokens: 30, outputTokens: 6 },
  ],
}

export const sampleChains: readonly SampleChain[] = [
  threeCallChain,
  {
    text: 'Say something',
    options: {},
    tools: sampleTools.slice(1, 2),
    answers: [
      {
        text: '',
        toolCalls: [sampleCall('call_5', 'say', '{}')],
        inputTokens: 7,
        outputTokens: 2,
      },
      { text: '', inputTokens: 8, outputTokens: 0 },
    ],
  },
  {
    text: 'Need no tool',
    options: {},
    tools: sampleTools,
    answers: [{ text: 'Right.', inputTokens: 5, outputTokens: 1 }],
  },
]

/** Arguments as no good model writes them, and names that nobody offered. */
export function oddChain(): Answered {
  const texts = [
    ...['', 'null', '[1.0, {}]', '"x"', '7', '{"a', '{"a": NaN, "b": 1e400}', '{"a": 1, "a": 2}'],
    ...[
      '{"\\ud800": "\\udc00\\u0000"}',
      ' {"deep": {"z": [], "a": -0.0}} ',
      '{"n": 123456789012345678901}',
    ],
  ]
  const toolCalls = texts.map((text, at) => sampleCall(`odd "${at}" ü`, `näme ${at}`, text))
  const answers = [
    { text: 'ü', toolCalls, inputTokens: 1, outputTokens: 1 },
    { text: 'Odd.', inputTokens: 1, outputTokens: 1 },
  ]
  return answeredChain(200, { ...threeCallChain, answers })
}

/** What else a prompt may have, in chains of its own: fragments, a schema, a whole conversation. */
export function variedChains(): readonly Answered[] {
  const chain = answeredChain(0, threeCallChain)
  const [shared, own] = [fragmentOf('A text'), fragmentOf('A rule')]
  const schema = { type: 'object', properties: { sum: { type: 'number' } } }
  const said = [
    { role: 'system', content: 'Be nice' },
    { role: 'user', content: 'A lake' },
    { role: 'assistant', content: 'Como' },
    { role: 'user', content: 'Another?' },
  ]
  const asked: readonly Partial<Prompt>[] = [
    {
      fragments: [shared],
      systemFragments: [own],
      system: 'A rule\n\nUse them',
      ownSystem: 'Use them',
      schema,
    },
    { text: 'Another?', system: 'Be nice', messages: readMessages(said, 'messages') },
  ]
  return asked.map((changes, at) => {
    const row = { ...chain.row, index: 100 + at }
    return { ...chain, row, prompt: { ...chain.prompt, row, ...changes } }
  })
}

/** The outcome of a chain, as the call path would give it. */
export function answeredChain(index: number, chain: SampleChain): Answered {
  const answers = chain.answers.map(given => answerOf(given))
  const last = answers.at(-1) ?? answer()
  const rounds: readonly ToolRound[] = answers.slice(0, -1).map(given => ({
    answer: given,
    results: (given.toolCalls ?? []).map(call => resultOf(call, chain.tools)),
  }))
  const asked = prompt(index, chain.text)
  const { system, options, attachments } = chain
  const tools = chain.tools.map(({ name, description, inputSchema, plugin }) => ({
    name,
    description,
    inputSchema,
    plugin,
  }))
  return {
    kind: 'answered',
    row: asked.row,
    prompt: { ...asked, system, options, attachments, tools },
    answer: last,
    attempts: answers.length,
    ...(rounds.length > 0 && {
      rounds,
      usage: answers.map(({ usage }) => usage).reduce(addUsage),
    }),
  }
}

function answerOf({ text, reasoning, toolCalls, inputTokens, outputTokens }: SampleAnswer): Answer {
  return answer(text, {
    reasoning,
    toolCalls,
    finishReason: toolCalls === undefined ? 'stop' : 'tool-calls',
    usage: { inputTokens, outputTokens },
  })
}

/** What llm says of a tool's call. */
function resultOf({ id, name }: ToolCall, tools: readonly SampleTool[]): ToolResult {
  const tool = tools.find(one => one.name === name)
  const given = { callId: id, name }
  if (tool === undefined) {
    const message = `tool "${name}" does not exist`
    return { ...given, output: `Error: ${message}`, exception: `KeyError: '${message}'` }
  }
  if ('output' in tool) return { ...given, output: tool.output }
  return { ...given, output: `Error: ${tool.error}`, exception: tool.exception }
}
