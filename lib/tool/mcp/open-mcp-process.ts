import { type ChildProcess, spawn } from 'node:child_process'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { Clock } from '../../port/clock.js'
import { endProcessGroup } from './end-process-group.js'
import type { McpSdk } from './load-mcp-sdk.js'

export interface McpProcessOptions {
  readonly words: readonly string[]
  /** The folder that it runs in. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Pick<Clock, 'sleep'>
  readonly sdk: Pick<McpSdk, 'ReadBuffer' | 'serializeMessage'>
}

/** A server that speaks MCP over its standard streams. */
export interface McpProcess extends Transport {
  /** What is known of the end of the process, or of what it writes, for an error. */
  readonly trouble: () => string | undefined
}

/** Characters that are kept of what a server writes on standard error. */
const keptWords = 2000
/** Lines on standard output that are not MCP. Some servers log a few there. */
const mostStrayLines = 100
/** How long a process has for its end before it is ended more firmly. */
const patienceMs = 2000

/**
 * Starts a server in a process group of its own. So Ctrl-C does not reach it while our calls in
 * flight finish, and its end is the end of all that it has started. If our own process is killed,
 * the server's standard input closes, at which servers end themselves.
 *
 * The SDK's own transport ends only the process that it has started: of `npx some-server`, that is
 * not the server.
 */
export function openMcpProcess(options: McpProcessOptions): McpProcess {
  const { words, folder, env, clock, sdk } = options
  const buffer = new sdk.ReadBuffer()
  let child: ChildProcess | undefined
  let ended: Promise<void> = Promise.resolve()
  let end: string | undefined
  let isClosing = false
  let strayLines = 0
  let firstStray = ''
  let lastWords = ''

  const transport: McpProcess = {
    start,
    send,
    close,
    trouble() {
      const said = lastWords.trim().split('\n').at(-1)?.trim()
      const words = said ? ` after it wrote: ${said.slice(0, 300)}` : ''
      if (end !== undefined) return `it ended ${end}${words}`
      return strayLines > 0 ? `it writes what is not MCP: ${firstStray}` : undefined
    },
  }
  return transport

  function start(): Promise<void> {
    const [program = '', ...given] = words
    const started = spawn(program, given, {
      cwd: folder,
      env,
      stdio: 'pipe',
      detached: true,
      windowsHide: true,
    })
    child = started
    started.stdout.on('data', read)
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-keptWords)
    })
    // A broken pipe means that the process has ended, which is told by its end.
    started.stdin.on('error', () => {})
    ended = new Promise(resolve => started.once('close', () => resolve()))
    void ended.then(() => transport.onclose?.())
    return new Promise((resolve, reject) => {
      started.once('spawn', resolve)
      started.once('error', error => reject(new Error(reasonOf(error, program, folder))))
      started.once('exit', (code, signal) => {
        // At our own wish, its end says nothing.
        if (!isClosing) end = signal === null ? `with exit code ${code}` : `by ${signal}`
        // Whatever it leaves behind would hold our pipes open.
        if (started.pid !== undefined) endProcessGroup(started.pid, 'SIGKILL')
        void leavePipes()
      })
    })
  }

  function read(bytes: Buffer): void {
    try {
      buffer.append(bytes)
    } catch {
      strayLines = mostStrayLines
      firstStray ||= 'a line of more than 10 MB'
      return void close()
    }
    for (;;) {
      try {
        const message = buffer.readMessage()
        if (message === null) return
        transport.onmessage?.(message)
      } catch {
        strayLines += 1
        firstStray ||= bytes.toString('utf8', 0, 200).trim().replace(/\n.*/s, '')
        if (strayLines >= mostStrayLines) return void close()
      }
    }
  }

  /** Of a server that has ended, `onclose` tells. */
  function send(message: Parameters<Transport['send']>[0]): Promise<void> {
    return new Promise(resolve => {
      if (child?.stdin?.writable !== true) return resolve()
      child.stdin.write(sdk.serializeMessage(message), () => resolve())
    })
  }

  async function close(): Promise<void> {
    const leader = child?.pid
    isClosing = true
    if (leader === undefined) return
    child?.stdin?.end()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await endsWithin(patienceMs)) return
      child?.kill(signal) // On Windows, which has no groups.
      endProcessGroup(leader, signal)
    }
    await ended
  }

  /** A process that has left the group may hold our pipes open. */
  async function leavePipes(): Promise<void> {
    if (await endsWithin(patienceMs)) return
    child?.stdout?.destroy()
    child?.stderr?.destroy()
  }

  async function endsWithin(ms: number): Promise<boolean> {
    const wait = new AbortController()
    const sleeping = clock.sleep(ms, wait.signal).then(
      () => false,
      () => true,
    )
    return Promise.race([sleeping, ended.then(() => true)]).finally(() => wait.abort())
  }
}

function reasonOf(
  { code, message }: NodeJS.ErrnoException,
  program: string,
  folder: string,
): string {
  if (code === 'ENOENT') return `the program ${program} was not found (from ${folder})`
  if (code === 'EACCES') return `the program ${program} may not be run`
  return message
}
