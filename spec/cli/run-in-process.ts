import { EventEmitter } from 'node:events'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { runCommandLine } from '../../lib/cli/run-command-line.js'
import type { CommandSurroundings } from '../../lib/cli/words/command.js'
import type { TerminalOutput } from '../../lib/host/screen-output.js'
import type { Clock } from '../../lib/port/clock.js'

export interface Surrounded {
  /** llm's user folder, and the home directory. */
  readonly folder: string
  readonly stdin?: string | CommandSurroundings['stdin']
  readonly environment?: Readonly<Record<string, string>>
  readonly signals?: EventEmitter
  readonly stdout?: Writable
  readonly clock?: Clock
  readonly stderr?: TerminalOutput
  /** The path that the command was called by; decides how it names itself. */
  readonly programPath?: string
}

export interface Ended {
  readonly code: number
  readonly out: string
  readonly error: string
}

/** Runs `llm` with these words in this process, with streams and an environment of its own. */
export async function runInProcess(
  words: readonly string[],
  { folder, stdin = '', environment = {}, signals = new EventEmitter(), ...outputs }: Surrounded,
): Promise<Ended> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const out = textOf(stdout)
  const error = textOf(stderr)
  const code = await runCommandLine(words, {
    environment: { LLM_USER_PATH: folder, ...environment },
    platform: 'linux',
    homeDirectory: folder,
    workingDirectory: folder,
    processId: process.pid,
    stdin:
      typeof stdin === 'string' ? Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]) : stdin,
    stdout,
    stderr,
    signals,
    ...outputs,
  })
  stdout.end()
  stderr.end()
  return { code, out: await out, error: await error }
}

async function textOf(stream: PassThrough): Promise<string> {
  return (await stream.toArray()).join('')
}
