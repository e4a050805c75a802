import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** `sh spec/support/install-litellm.sh` installs it. */
const program = resolve(import.meta.dirname, '../../.cache/python-litellm-1.108.7/bin/litellm')
const config = resolve(import.meta.dirname, 'litellm-config.yaml')

export interface LitellmProxy {
  /** With the version, as `OPENAI_BASE_URL` must have it. */
  readonly baseUrl: string
  /** How many calls the proxy says it answered with each status, since the last time. */
  readonly takeCalls: (path: string) => Readonly<Record<string, number>>
  readonly close: () => Promise<void>
}

/** Starts the proxy, and waits until it answers. It needs no network. */
export async function startLitellm(home: string): Promise<LitellmProxy> {
  const port = await freePort()
  const words = ['--config', config, '--host', '127.0.0.1', '--port', String(port)]
  const child = spawn(program, words, {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      PYTHONUNBUFFERED: '1',
      // Or it writes what it compiled of our litellm_auth.py beside that file.
      PYTHONDONTWRITEBYTECODE: '1',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', text => {
      log += text
    })
  }
  const origin = `http://127.0.0.1:${port}`
  while (!(await isUp(`${origin}/health/liveliness`))) {
    if (child.exitCode !== null) throw new Error(`LiteLLM ended with ${child.exitCode}: ${log}`)
    await pause(200)
  }
  let counted = log.length

  return {
    baseUrl: `${origin}/v1`,
    takeCalls(path) {
      const counts: Record<string, number> = {}
      const lines = log.slice(counted).matchAll(/"POST (\S+) HTTP\/1\.1" (\d+)/g)
      for (const [, asked, status = ''] of lines) {
        if (asked === path) counts[status] = (counts[status] ?? 0) + 1
      }
      counted = log.length
      return counts
    },
    async close() {
      const ended = once(child, 'close')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function isUp(url: string): Promise<boolean> {
  const reply = await fetch(url, { headers: { connection: 'close' } }).catch(() => undefined)
  await reply?.text()
  return reply?.ok === true
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
