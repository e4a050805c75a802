import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'

export interface RunProgramOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The source of signals: this process. */
  readonly signals: NodeJS.EventEmitter
}

/** Signals that somebody sends to this process alone. */
const forwarded = ['SIGTERM', 'SIGHUP', 'SIGUSR2'] as const
/** Signals that a terminal sends to all processes that it shows. */
const ofTerminal = ['SIGINT', 'SIGQUIT'] as const

/**
 * Runs a program in the place of this process: with its standard streams, and with the signals that
 * this process gets.
 *
 * @returns the exit code; for a program that a signal ended, 128 and the signal's number, as shells
 * have it.
 * @throws the system's error if the program cannot be started.
 */
export async function runProgram(
  path: string,
  words: readonly string[],
  { environment, signals }: RunProgramOptions,
): Promise<number> {
  const isAtTerminal = [0, 1, 2].some(isatty)
  let child: ChildProcess | undefined
  const pass = (signal: NodeJS.Signals) => void child?.kill(signal)
  // The terminal has sent these to the program too: a second one could break off its clean-up.
  const passUnlessSent = (signal: NodeJS.Signals) => {
    if (!isAtTerminal) pass(signal)
  }
  // Before the start: the program may run while this process still waits for its turn.
  for (const signal of forwarded) signals.on(signal, pass)
  for (const signal of ofTerminal) signals.on(signal, passUnlessSent)
  try {
    const started = spawn(path, words, { stdio: 'inherit', env: environment })
    child = started
    return await new Promise((resolve, reject) => {
      started.once('error', reject)
      started.once('exit', (code, signal) => {
        resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL'])
      })
    })
  } finally {
    for (const signal of forwarded) signals.off(signal, pass)
    for (const signal of ofTerminal) signals.off(signal, passUnlessSent)
  }
}
