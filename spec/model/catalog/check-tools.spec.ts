import { checkTools } from '../../../lib/model/catalog/check-tools.js'
import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { startStubServer } from '../../support/stub-server.js'

const model = (name: string) =>
  resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })
const tools = [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }]

describe('checkTools', () => {
  it('refuses tools for a model that cannot call them, and says what to do', () => {
    expect(() => checkTools(model('3.5-instruct'))).toThrow(
      expect.objectContaining({
        code: 'MODEL_UNUSABLE',
        reach: 'run',
        message: 'gpt-3.5-turbo-instruct cannot call tools: the old completions endpoint has none',
        remedy: expect.stringContaining('Leave out the tools, or use another model'),
      }),
    )
  })

  it('refuses tools for a file in this process', () => {
    expect(() => checkTools({ id: 'gguf/m', wire: 'gguf' })).toThrow(/cannot call tools/)
  })

  it.each(['gpt-4o', 'gpt-3.5-turbo', 'gpt-5', 'claude-haiku', 'gemini-2.5-flash', 'ollama/m'])(
    'lets the server of %s decide',
    name => {
      expect(() => checkTools(model(name))).not.toThrow()
    },
  )

  it.each(['echo', '3.5-instruct'])('is heeded by the client of %s before a call', async name => {
    const server = await startStubServer({ isRecording: true })
    const client = await openModel({
      reference: model(name),
      key: 'k',
      environment: server.environment,
      clock: fakeClock(),
      connections: 1,
    })
    try {
      const asked = client.ask(makePrompt('Hi', { tools }), new AbortController().signal)
      await expect(asked).rejects.toMatchObject({ code: 'MODEL_UNUSABLE', reach: 'run' })
      expect(server.requestCount()).toBe(0)
    } finally {
      await client.close()
      await server.close()
    }
  })
})
