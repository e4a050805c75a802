import type { Endpoint } from '../../lib/model/error-reply/endpoint.js'
import { readAnswer } from '../../lib/model/server/read-answer.js'
import { followUpJson } from '../../lib/model/tool-wire/write-follow-ups.js'
import { makePrompt } from '../support/make-prompt.js'
import { writeAnswer } from '../support/stub-wires.js'
import { holdForAll, seed } from './hold-for-all.js'
import { mutatedJson } from './mutate-json.js'

const endpoint: Endpoint = {
  provider: 'openai',
  providerTitle: 'OpenAI',
  modelName: 'm',
  baseUrl: 'https://host.test/v1',
  keyName: 'openai',
  key: undefined,
  isLocal: false,
}
const prompt = makePrompt('Hi', {
  tools: [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }],
})
const calls = [
  { name: 'add', arguments: '{"a":12345678901234567890,"b":[1,{}]}' },
  { name: 'add', arguments: '{"a"' },
  { name: 'add', arguments: '' },
]
const answers = [
  { text: '', calls },
  { text: 'Let me add.', reasoning: 'Hm.', calls: calls.slice(0, 1) },
  { text: 'cut', finishReason: 'length', calls } as const,
]
const wires = ['openai-chat', 'openai-responses', 'anthropic', 'google'] as const

describe(`a mutated reply with calls of tools (seed ${seed})`, () => {
  it.each(wires)(
    'is read, and goes back with its results in a form that the wire knows: %s',
    async wire => {
      const question = { wire, model: 'm', text: 'Hi', system: undefined }
      const replies = answers.map(answer => JSON.stringify(writeAnswer(question, answer, 1)))
      let made = 0
      let readCount = 0
      await holdForAll(mutatedJson(replies), 400, body => {
        const answer = readAnswer(
          {
            ...{ wire, reply: { status: 200, headers: {}, body }, prompt },
            ...{ startedAtMs: 0, durationMs: 1 },
            newCallId: () => {
              made += 1
              return `tc_${made}`
            },
          },
          endpoint,
        )
        const { toolCalls = [] } = answer
        const ids = toolCalls.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const { id, name, argumentsText } of toolCalls) {
          expect(id).not.toBe('')
          expect([typeof name, typeof argumentsText]).toEqual(['string', 'string'])
        }
        if (ids.length === 0) return
        readCount += 1
        const results = toolCalls.map(({ id: callId, name }) => ({ callId, name, output: '3' }))
        const messages = followUpJson(wire, [{ answer, results }]).map(text => JSON.parse(text))
        expect(callsBack(wire, messages)).toEqual({
          said: wire === 'google' ? ids.length : ids,
          results: wire === 'google' ? ids.length : ids,
        })
      })
      expect(readCount).toBeGreaterThan(100)
    },
    3_600_000,
  )
})

/** Ids of the calls and of the results, in the order of the messages; Google has only counts. */
function callsBack(wire: (typeof wires)[number], messages: readonly any[]): object {
  const [said, ...rest] = messages
  switch (wire) {
    case 'openai-chat':
      for (const { type, function: called } of said.tool_calls) {
        expect([type, typeof called.name]).toEqual([expect.anything(), 'string'])
        expect(typeof asObject(called.arguments)).toBe('object')
      }
      expect(said.role).toBe('assistant')
      return {
        said: said.tool_calls.map(({ id }: any) => id),
        results: rest.map(({ tool_call_id }) => tool_call_id),
      }
    case 'openai-responses': {
      const idsOf = (wanted: string) =>
        messages.flatMap(({ type, call_id }) => (type === wanted ? [call_id] : []))
      return { said: idsOf('function_call'), results: idsOf('function_call_output') }
    }
    case 'anthropic': {
      const uses = said.content.filter(({ type }: any) => type === 'tool_use')
      for (const { input } of uses) expect(Array.isArray(input) || input === null).toBe(false)
      for (const { input } of uses) expect(typeof input).toBe('object')
      return {
        said: uses.map(({ id }: any) => id),
        results: rest[0].content.map(({ tool_use_id }: any) => tool_use_id),
      }
    }
    case 'google':
      return {
        said: said.parts.filter(({ functionCall }: any) => isRecord(functionCall)).length,
        results: rest[0].parts.filter(({ functionResponse }: any) => functionResponse).length,
      }
  }
}

function asObject(given: unknown): unknown {
  return typeof given === 'string' ? JSON.parse(given) : given
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
