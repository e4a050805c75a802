import { type Ended, runInProcess } from '../cli/run-in-process.js'
import type { CommandResult } from './run-command.js'
import { scale } from './scale.js'
import { type CommandBench, secretKey } from './use-command.js'

/**
 * Runs the command in this process, where names of files must be absolute: a process of its own is
 * far slower.
 */
export function runHere(
  { workdir, server }: CommandBench,
  words: readonly string[],
): Promise<Ended> {
  const user = { LLM_USER_PATH: workdir.join('llm-user'), OPENAI_API_KEY: secretKey }
  const environment = { ...server.environment, ...user }
  return runInProcess(words, { folder: workdir.path, environment })
}

/** The same, but in `make soak` the built command. For runs to which nothing happens. */
export async function runPlain(
  bench: CommandBench,
  words: readonly string[],
): Promise<CommandResult> {
  if (scale > 1) return bench.llm(words)
  const { code: exitCode, out: stdout, error: stderr } = await runHere(bench, words)
  return { exitCode, signal: undefined, stdout, stderr }
}
