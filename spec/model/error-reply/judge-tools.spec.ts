import type { Endpoint } from '../../../lib/model/error-reply/endpoint.js'
import { translateErrorReply } from '../../../lib/model/error-reply/translate-error-reply.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { makePrompt } from '../../support/make-prompt.js'

const endpoint: Endpoint = {
  provider: 'ollama',
  providerTitle: 'Ollama',
  modelName: 'ollama/gemma3:4b',
  baseUrl: 'http://127.0.0.1:11434/v1',
  keyName: undefined,
  key: undefined,
  isLocal: true,
}
const tools = [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }]
const refuse = (status: number, message: string, changes: Partial<Prompt> = { tools }) =>
  translateErrorReply(
    { status, headers: {}, body: JSON.stringify({ error: { message } }) },
    endpoint,
    { nowMs: 0, prompt: makePrompt('Hi', changes) },
  )

const lacking = 'registry.ollama.ai/library/gemma3:4b does not support tools'

describe('a refusal of tools', () => {
  it('names the model, quotes the server, and says what to do', () => {
    expect(refuse(400, lacking)).toMatchObject({
      code: 'MODEL_UNUSABLE',
      reach: 'run',
      mayBeOfRow: true,
      message: `ollama/gemma3:4b at Ollama cannot call tools: ${lacking} (HTTP 400)`,
      remedy: expect.stringContaining('Leave out the tools, or use another model'),
    })
  })

  it.each([
    ['OpenAI', 400, "Unsupported parameter: 'tools' is not supported with this model."],
    ['Groq', 400, '`tool calling` is not supported with this model'],
    ['Google', 400, 'Function calling is not enabled for models/gemma-3-27b-it'],
    ['DeepSeek', 400, 'deepseek-reasoner does not support Function Calling'],
    ['Fireworks', 400, "This model doesn't support function calling"],
    ['OpenRouter', 404, 'No endpoints found that support tool use. To learn more, visit …'],
    [
      'vLLM',
      400,
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
    ],
    ['llama.cpp', 500, 'tools param requires --jinja flag'],
    ['an older server', 400, 'Unrecognized request argument supplied: tools'],
    ['a strict server', 422, 'tools: Extra inputs are not permitted'],
  ])('is told by the words of %s', (_server, status, message) => {
    expect(refuse(status, message)).toMatchObject({ code: 'MODEL_UNUSABLE', reach: 'run' })
  })

  it.each([
    ['of a schema beside them', 400, 'Function calling with a response mime type is unsupported'],
    ['of JSON mode', 400, 'json mode cannot be combined with tool/function calling'],
    ['of both', 400, 'The model does not support tools with response_format'],
    ['of one tool', 400, "Invalid schema for function 'add': 'x' is not a type"],
    ['of results', 400, "messages with role 'tool' must be a response to 'tool_calls'"],
  ])('is not one %s, which fails the row', (_what, status, message) => {
    expect(refuse(status, message)).toMatchObject({ code: 'REQUEST_REJECTED', reach: 'row' })
  })

  it('is not one if the words are those of the row, of a tool, or of a result', () => {
    const answer = { text: lacking, finishReason: 'tool-calls', usage: {} } as any
    const results = [{ callId: 'call_1', name: 'add', output: lacking }]
    const described = [{ ...tools[0], description: lacking }] as any

    for (const changes of [
      { tools, text: lacking },
      { tools: described },
      { tools, followUps: [{ answer, results: [] }] },
      { tools, followUps: [{ answer: { ...answer, text: '' }, results }] },
    ]) {
      expect(refuse(400, lacking, changes)).toMatchObject({ code: 'REQUEST_REJECTED' })
    }
  })

  it('is not one if none were offered', () => {
    expect(refuse(400, lacking, {})).toMatchObject({ code: 'REQUEST_REJECTED', reach: 'row' })
  })
})
