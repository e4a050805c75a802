import { faults } from '../support/stub-server.js'
import { useCommand } from '../support/use-command.js'

const toolFile = `
export const shout = {
  description: 'Writes a text in capitals.',
  inputSchema: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
  },
  execute: ({ text }) => text.toUpperCase(),
}
`
const keys = { ANTHROPIC_API_KEY: 'sk-a', GEMINI_API_KEY: 'sk-g', GROQ_API_KEY: 'sk-q' }

describe('llm batch --tools, on each wire', () => {
  const bench = useCommand()

  const call = (text: string) => `CALL shout ${JSON.stringify({ text })}`
  const run = (model: string, ...further: string[]) =>
    bench.inProcess(
      [
        ...['batch', 'in.jsonl', '-t', '{ask}', '-m', model, '-O', 'out.jsonl'],
        ...['-T', './tools.mjs', ...further],
      ],
      { env: keys },
    )
  const responses = async () =>
    (await bench.workdir.read('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).response)
  const ask = async (...asks: string[]) => {
    await bench.workdir.write('tools.mjs', toolFile)
    await bench.workdir.write(
      'in.jsonl',
      asks.map(text => `${JSON.stringify({ ask: text })}\n`).join(''),
    )
  }

  it.each(['gpt-4o', 'gpt-5', 'claude-haiku', 'gemini-2.5-flash', 'groq/m', 'ollama/llama3.2'])(
    'answers rows that call tools, at once and in rounds, and rows that do not: %s',
    async model => {
      await ask(`${call('a')} ${call('b')} THEN ${call('c')}`, 'no tool', call('d'))
      const { exitCode, stderr } = await run(model)

      expect(stderr).toContain('3 rows read = 3 answered')
      expect(exitCode).toBe(0)
      expect(await responses()).toEqual(['Results: A, B, C', 'Answer to: no tool', 'Results: D'])
      expect(bench.server.requestCount()).toBe(3 + 1 + 2)
    },
  )

  it.each([
    ['gpt-4o', true],
    ['gpt-5', true],
    ['claude-haiku', true],
    ['gemini-3.8-flash', true],
    ['gemini-2.5-flash', false],
    ['groq/m', false],
  ])('gets the answer in the form of a schema after the calls: %s', async (model, isNative) => {
    await ask('a')
    const calls = [{ name: 'shout', arguments: '{"text":"a"}' }]
    bench.script.answer = (_text, { rounds }) =>
      rounds.length === 0 ? { text: '', calls } : JSON.stringify({ said: rounds[0]?.results[0] })
    const { exitCode, stderr } = await run(model, '--schema', 'said: text')

    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('1 row read = 1 answered')])
    expect(await responses()).toEqual([{ said: 'A' }])
    for (const { body, text } of bench.server.requests) {
      const format =
        body.response_format ??
        body.text?.format ??
        body.output_config ??
        body.generationConfig?.responseMimeType
      expect(format !== undefined).toBe(isNative)
      expect(text.includes('Answer with JSON that fits')).toBe(!isNative)
    }
  })

  it('stops before the first answer if the server says that the model calls no tools', async () => {
    await ask('a', 'b', 'c')
    bench.script.fault = () => faults.badRequest('gemma3:4b does not support tools')
    const { exitCode, stderr } = await run('ollama/llama3.2', '--concurrency', '1')

    expect(stderr).toContain('cannot call tools: gemma3:4b does not support tools (HTTP 400)')
    expect(stderr).toContain('Leave out the tools, or use another model')
    expect(exitCode).toBe(3)
    expect(bench.server.requestCount()).toBe(1)
  })
})
