import { useCommand } from '../support/use-command.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { type LitellmProxy, startLitellm } from './litellm-proxy.js'

/** `make interop` and `make soak` install the proxy and ask for it. It takes minutes. */
const isAsked = process.env.LLM_SPEC_LITELLM === 'true'
const describeWithLitellm = isAsked ? describe : describe.skip

const chat = '/v1/chat/completions'
const responses = '/v1/responses'
const messages = '/v1/messages'

describeWithLitellm('the LiteLLM proxy', () => {
  const bench = useCommand()
  let home: Workdir
  let proxy: LitellmProxy
  beforeAll(async () => {
    home = await makeWorkdir()
    proxy = await startLitellm(home.path)
  }, 600_000)
  afterAll(async () => {
    await proxy?.close()
    await home?.remove()
  })

  /** Asks for rows, and returns what the command said, and the answers of all rows. */
  async function ask(model: string, rows: number, flags: readonly string[] = [], key = 'sk-spec') {
    const lines = Array.from({ length: rows }, (_, at) => `{"id":${at},"text":"Question ${at}"}`)
    await bench.workdir.write('in.jsonl', lines.join('\n'))
    const words = ['batch', 'in.jsonl', '--template', '{text}', '--model', model]
    const result = await bench.llm([...words, '--output', 'out.jsonl', ...flags], {
      env: {
        OPENAI_BASE_URL: proxy.baseUrl,
        ANTHROPIC_BASE_URL: proxy.baseUrl,
        OPENAI_API_KEY: key,
        ANTHROPIC_API_KEY: key,
      },
    })
    const text = await bench.workdir.read('out.jsonl').catch(() => '')
    return {
      ...result,
      written: text
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line)),
    }
  }

  it.each([
    ['chat', 'openai/gpt-4o-mini', chat],
    ['responses', 'openai/gpt-5-mini', responses],
    ['messages', 'anthropic/claude-sonnet-4-5', messages],
  ])(
    'answers every row once on the %s wire',
    async (_wire, model, path) => {
      const { exitCode, stderr, written } = await ask(model, 30, ['--concurrency', '8'])

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      expect(stderr).toContain('30 rows read = 30 answered + 0 failed + 0 skipped')
      expect(written.map(({ id, response }) => [id, response])).toEqual(
        Array.from({ length: 30 }, (_, id) => [id, 'Fine.']),
      )
      expect(proxy.takeCalls(path)).toEqual({ 200: 30 })
    },
    300_000,
  )

  it.each([
    ['a rate limit', 'rate', 'RATE_LIMITED', 'mock rate limit error', { 429: 6 }],
    ['an internal error', 'internal', 'SERVER_FAILED', 'mock internal server error', { 500: 6 }],
    ['a full context window', 'window', 'REQUEST_REJECTED', 'context window exceeded', { 400: 3 }],
  ])(
    'fails rows with %s, in the words of the proxy',
    async (_what, model, code, said, calls) => {
      for (const [provider, path] of [
        ['openai', chat],
        ['anthropic', messages],
      ] as const) {
        const flags = ['--retries', '1', '--overwrite']
        const { exitCode, stderr, written } = await ask(`${provider}/${model}`, 3, flags)

        expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 })
        expect(stderr).toContain('3 rows read = 0 answered + 3 failed + 0 skipped')
        const error = { code, message: expect.stringContaining(said) }
        expect(written).toMatchObject(Array(3).fill({ response: null, error }))
        expect(proxy.takeCalls(path)).toEqual(calls)
      }
    },
    300_000,
  )

  it.each([
    ['openai/nope', chat],
    ['openai/gpt-5-nope', responses],
    ['anthropic/nope', messages],
  ])(
    'stops at the first call for an unknown model: %s',
    async (model, path) => {
      const { exitCode, stderr } = await ask(model, 30, ['--concurrency', '1'])

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 })
      expect(stderr).toMatch(/^Error: Unknown model: \S+nope at .*Invalid model name passed/m)
      expect(proxy.takeCalls(path)).toEqual({ 400: 1 })
    },
    300_000,
  )

  it.each([
    ['openai/gpt-4o-mini', chat],
    ['openai/gpt-5-mini', responses],
    ['anthropic/claude-sonnet-4-5', messages],
  ])(
    'stops at the first call with a wrong key, and goes on with a right key: %s',
    async (model, path) => {
      const flags = ['--concurrency', '1', '--batch-id', 'b']
      const { exitCode, stderr } = await ask(model, 30, flags, 'sk-wrong')
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 3 })
      expect(stderr).toMatch(/^Error: Invalid API key for .*Authentication Error/m)
      expect(proxy.takeCalls(path)).toEqual({ 401: 1 })

      const { written } = await ask(model, 30, [...flags, '--resume'])
      expect(written.map(({ id, response }) => [id, response])).toEqual(
        Array.from({ length: 30 }, (_, id) => [id, 'Fine.']),
      )
      expect(proxy.takeCalls(path)).toEqual({ 200: 30 })
    },
    300_000,
  )

  it('waits for the next minute of a limit of 30 calls', async () => {
    const { exitCode, stderr, written } = await ask('openai/limited', 40, ['--concurrency', '10'])

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(written.map(({ response }) => response)).toEqual(Array(40).fill('Fine.'))
    const { 200: answered, 429: refused = 0, ...others } = proxy.takeCalls(chat)
    expect({ answered, others }).toEqual({ answered: 40, others: {} })
    // The calls in flight when the limit is reached, and a few that ask again too early.
    expect(refused).toBeLessThanOrEqual(20)
  }, 600_000)
})
