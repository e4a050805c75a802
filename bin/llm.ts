#!/usr/bin/env node
import { homedir } from 'node:os'
import { runCommandLine } from '../lib/cli/run-command-line.js'
import { setEngineFlags } from '../lib/cli/set-engine-flags.js'
import { silenceSqliteWarning } from '../lib/cli/silence-sqlite-warning.js'
import { openOutput } from '../lib/cli/terminal/open-output.js'
import { errorText } from '../lib/cli/text/error-text.js'
import { exitCodes } from '../lib/cli/text/exit-code.js'
import { openTerminal } from '../lib/host/open-terminal.js'
import { screenOutput } from '../lib/host/screen-output.js'
import { whileKeptAlive } from '../lib/host/system-clock.js'

setEngineFlags()
silenceSqliteWarning()

let isStdinUsed = false
let exitCode: number | undefined
let outputError: Error | undefined
const stderr = screenOutput(process.stderr)

// A missing reader is not an error here: the writer notices it and ends the run.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') outputError ??= error
  checkOutput()
})
process.stderr.on('error', () => {})
// By default Node prints the raw message, and exits with 1, which means that rows failed.
process.on('uncaughtException', error => {
  stderr.write(errorText(error, process.env))
  process.exit(exitCodes.defect)
})

exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  platform: process.platform,
  homeDirectory: orEmpty(homedir),
  workingDirectory: orEmpty(process.cwd),
  processId: process.pid,
  programPath: process.argv[1],
  get stdin() {
    isStdinUsed = true
    return process.stdin
  },
  stdout: openOutput(),
  stderr: process.stderr,
  openTerminal,
  signals: process,
})
process.exitCode = exitCode
checkOutput()

// After a run that ended at once, the process does not wait for a reader that takes nothing.
if (exitCode >= 3 && process.stdout.writableLength > 0) process.exit()

// An unfinished standard input would keep the process alive.
if (isStdinUsed) process.stdin.destroy()

// So would what a file of tools holds open, such as a timer or a connection. What is printed is
// written first.
whileKeptAlive(() => {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit()
})

/** Returns '' for a removed working directory, and for a user without a home directory. */
function orEmpty(folder: () => string): string {
  try {
    return folder()
  } catch {
    return ''
  }
}

/** Sets the exit code if the output failed and the command did not notice. */
function checkOutput(): void {
  if (outputError === undefined || exitCode !== 0) return
  exitCode = 3
  process.exitCode = exitCode
  stderr.write(`Error: Cannot write to standard output: ${outputError.message}\n`)
}
