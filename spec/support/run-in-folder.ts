import { Readable } from 'node:stream'
import { runInProcess } from '../cli/run-in-process.js'
import { type CommandResult, environmentIn, type RunCommandOptions } from './run-command.js'

const startedIn = process.cwd()
let running = 0

/**
 * Runs `llm` in this process, with the folder, the standard input and the environment that
 * `runCommand` gives to the built one: for what is said, written and asked. It takes a tenth of the
 * time that the built one takes to start.
 */
export async function runInFolder(
  args: readonly string[],
  { cwd, stdin = '', env }: RunCommandOptions,
): Promise<CommandResult> {
  process.chdir(cwd)
  running += 1
  try {
    const { code, out, error } = await runInProcess(args, {
      folder: cwd,
      stdin: typeof stdin === 'string' ? stdin : Readable.from([stdin]),
      environment: { ...environmentIn(cwd), ...env },
    })
    return { exitCode: code, signal: undefined, stdout: out, stderr: error }
  } finally {
    running -= 1
    if (running === 0) process.chdir(startedIn)
  }
}
