import { spawn } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'

const builtCommand = resolve(import.meta.dirname, '../../dist/bin/llm.js')

export interface RunCommandOptions {
  /** The folder it runs in; a fresh one of a spec's own. */
  readonly cwd: string
  /** Written to standard input, which is then closed. */
  readonly stdin?: string | Uint8Array | undefined
  /** Beside PATH, HOME and LLM_USER_PATH; nothing of this machine's environment gets through. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** How a command ended. */
export interface CommandResult {
  /** Absent when a signal ended it. */
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A command that is still running. */
export interface RunningCommand {
  readonly stdin: Writable
  readonly processId: number
  readonly kill: (signal: NodeJS.Signals) => void
  /** Resolves once standard output holds `text`; rejects when the command ends without. */
  readonly printed: (text: string) => Promise<void>
  /** The same for standard error. */
  readonly said: (text: string) => Promise<void>
  readonly result: Promise<CommandResult>
}

/** Folder of llm's files in the folder of a spec. */
export function userPathOf(cwd: string): string {
  return join(cwd, 'llm-user')
}

/** What a command in this folder has as its environment, whatever this process has. */
export function environmentIn(cwd: string): Record<string, string> {
  const path = [join(cwd, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter)
  return { PATH: path, HOME: cwd, LLM_USER_PATH: userPathOf(cwd) }
}

/** Runs the built `llm` with `args` to its end. */
export async function runCommand(
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  const running = startCommand(args, options)
  running.stdin.end(options.stdin ?? '')
  return running.result
}

/** Starts the built `llm`; standard input stays open until the spec ends it. */
export function startCommand(args: readonly string[], options: RunCommandOptions): RunningCommand {
  return start(process.execPath, [builtCommand, ...args], options)
}

/** Runs a line of shell, in which `llm` and `llm-batch` are the built command. */
export async function runShell(script: string, options: RunCommandOptions): Promise<CommandResult> {
  const commands = join(options.cwd, 'bin')
  await mkdir(commands, { recursive: true })
  for (const name of ['llm', 'llm-batch']) {
    await symlink(builtCommand, join(commands, name)).catch(() => {}) // there from the call before
  }
  const running = start('/bin/bash', ['-o', 'pipefail', '-c', script], options)
  running.stdin.end(options.stdin ?? '')
  return running.result
}

function start(
  command: string,
  args: readonly string[],
  { cwd, env }: RunCommandOptions,
): RunningCommand {
  const child = spawn(command, args, {
    cwd,
    env: { ...environmentIn(cwd), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}) // it may end before it has read all
  const stdout = gather(child.stdout)
  const stderr = gather(child.stderr)
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      resolve({
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        stdout: stdout.text(),
        stderr: stderr.text(),
      })
    })
  })
  return {
    stdin: child.stdin,
    processId: child.pid ?? 0,
    kill: signal => void child.kill(signal),
    printed: stdout.holds,
    said: stderr.holds,
    result,
  }
}

interface Gathered {
  readonly text: () => string
  readonly holds: (text: string) => Promise<void>
}

function gather(stream: Readable): Gathered {
  let gathered = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    gathered += text
  })
  return {
    text: () => gathered,
    holds: text =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (gathered.includes(text)) resolve()
        }
        stream.on('data', look)
        look()
        const giveUp = (): void => reject(new Error(`It ended without ${text}, with: ${gathered}`))
        if (stream.readableEnded) giveUp()
        else stream.once('close', giveUp)
      }),
  }
}
