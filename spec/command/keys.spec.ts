import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { range } from '../support/rows.js'
import { runCommand } from '../support/run-command.js'
import { runInFolder } from '../support/run-in-folder.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const key = 'Zq-4f7A91/d2+B8=c6E0x7'
const headerKey = 'azure-77aa88bb99cc'
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** What may be found of the key: itself, half of it, and what a server makes of it. */
const traces = [
  ...[key, encodeURIComponent(key), key.replace('/', '\\/'), key.slice(0, 11), key.slice(11)],
  ...[headerKey, headerKey.slice(0, 12)],
  ...[
    base64(`${key}:`).slice(0, 24),
    base64(`:${key}`).slice(4, 24),
    base64(`me:${key}`).slice(4, 24),
  ],
]

/** Everything that the request's headers hold, in every way a server might write it. */
function echoOf({ headers }: IncomingMessage): string {
  const said = JSON.stringify(headers)
  return [
    said,
    said.replaceAll('/', '\\/'),
    encodeURIComponent(said),
    ...Object.values(headers).map(value => base64(`:${value}:`)),
    `?key=${encodeURIComponent(key)}`,
    base64(`me:${key}`),
    `${' '.repeat(10_000)}${key}`,
    `${' '.repeat(9_990)}${key}`,
    key,
  ].join(' ')
}

type Reply = (echo: string) => { readonly status: number; readonly body: unknown }

const good: Reply = echo => ({
  status: 200,
  body: {
    id: echo,
    model: echo,
    object: 'chat.completion',
    system_fingerprint: echo,
    [echo]: { nested: [echo] },
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: `Said: ${echo}`, reasoning_content: echo },
        finish_reason: 'stop',
      },
    ],
    // The Responses API, Anthropic and Google.
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: echo }] },
    ],
    content: [{ type: 'text', text: echo }],
    candidates: [{ content: { parts: [{ text: echo }] }, finishReason: 'STOP' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, details: { echo } },
  },
})
const refusal =
  (status: number): Reply =>
  echo => ({ status, body: { error: { message: echo, code: echo, type: echo, details: [echo] } } })
const page: Reply = echo => ({ status: 502, body: `<html><title>${echo}</title>${echo}</html>` })
const notJson: Reply = echo => ({ status: 200, body: `{"choices": [${echo}` })
const errorInside: Reply = echo => ({ status: 200, body: { error: { message: echo, code: 400 } } })

describe('a key, before a server that echoes everything', () => {
  let workdir: Workdir
  let server: Server
  let reply: Reply
  let requests: number
  /** What the list of processes showed while calls were answered. */
  let processes: string
  beforeEach(async () => {
    workdir = await makeWorkdir()
    requests = 0
    processes = ''
    server = createServer((request, response) => void answer(request, response))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await workdir.remove()
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1
    request.resume()
    if (requests === 1) processes = await processList()
    const { status, body } = reply(echoOf(request))
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    response.writeHead(status, { 'x-request-id': key, 'x-echo': encodeURIComponent(key) })
    response.end(text)
  }

  it.each<[string, string, Reply, typeof runCommand]>([
    ['gpt-4o', 'good', good, runCommand],
    ['gpt-5-mini', 'good', good, runInFolder],
    ['claude-sonnet-4-5', 'good', good, runInFolder],
    ['gemini-2.5-flash', 'good', good, runInFolder],
    ['mine', 'good', good, runInFolder],
    ['gpt-4o', 'a rejection', refusal(400), runInFolder],
    ['gpt-4o', 'a refused key', refusal(401), runCommand],
    ['claude-sonnet-4-5', 'refused access', refusal(403), runInFolder],
    ['gemini-2.5-flash', 'a limit', refusal(429), runInFolder],
    ['gpt-4o', 'a failure', refusal(500), runInFolder],
    ['gpt-4o', 'a page', page, runInFolder],
    ['gpt-4o', 'no JSON', notJson, runInFolder],
    ['gemini-2.5-flash', 'no JSON', notJson, runInFolder],
    ['gpt-4o', 'an error inside', errorInside, runInFolder],
  ])('stays hidden with %s and %s', async (model, _what, said, run) => {
    reply = said
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    await workdir.write('in.csv', ['n', ...range(4), ''].join('\n'))
    await workdir.write(
      'llm-user/extra-openai-models.yaml',
      [
        '- model_id: mine',
        '  model_name: mine',
        `  api_base: ${url}`,
        '  api_key_name: openai',
        `  headers: { api-key: ${headerKey} }`,
      ].join('\n'),
    )
    await workdir.write('llm-user/keys.json', JSON.stringify({ openai: key }))
    const keys = Object.fromEntries(
      ['OPENAI', 'ANTHROPIC', 'GEMINI'].map(name => [`${name}_API_KEY`, key]),
    )
    const urls = Object.fromEntries(
      ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'GEMINI'].map(name => [`${name}_BASE_URL`, url]),
    )
    const { stdout, stderr } = await run(
      ['batch', 'in.csv', '-t', 'Say {n}', '-m', model, '-O', 'out.jsonl', '--retries', '0'],
      { cwd: workdir.path, env: { ...keys, ...urls } },
    )

    expect({ requests, stderr }).not.toMatchObject({ requests: 0 })
    const written = await filesBelow(workdir.path)
    expect([...written.keys()].some(path => path.endsWith('logs.db'))).toBe(true)
    const places = new Map([...written, ['stdout', stdout], ['stderr', stderr], ['ps', processes]])
    for (const [place, text] of places) {
      if (/extra-openai-models.yaml$|keys.json$/.test(place)) continue
      const found = traces.filter(trace => text.includes(trace))
      expect({ place, found }).toEqual({ place, found: [] })
    }
    if (said === good) expect(written.get(join(workdir.path, 'out.jsonl'))).toContain('[key]')
  })
})

async function filesBelow(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(paths.map(async path => [path, await readFile(path, 'latin1')] as const)),
  )
}

/** The command lines of all processes; empty where the system does not show them in `/proc`. */
async function processList(): Promise<string> {
  const names = await readdir('/proc').catch(() => [])
  const lines = names
    .filter(name => /^\d+$/.test(name))
    .map(name => readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => ''))
  return (await Promise.all(lines)).join('\n')
}
