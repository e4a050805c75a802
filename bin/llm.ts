#!/usr/bin/env node
import { homedir } from 'node:os'
import { runCommandLine } from '../lib/cli/run-command-line.js'
import { setEngineFlags } from '../lib/cli/set-engine-flags.js'
import { openOutput } from '../lib/cli/terminal/open-output.js'
import { errorText } from '../lib/cli/text/error-text.js'
import { exitCodes } from '../lib/cli/text/exit-code.js'
import { screenOutput } from '../lib/host/screen-output.js'

setEngineFlags()

let isStdinUsed = false
let exitCode: number | undefined
let outputError: Error | undefined
const stderr = screenOutput(process.stderr)

// A reader that has gone is no failure of ours, and whoever writes learns of it and ends the run.
// Anything else is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') outputError ??= error
  checkOutput()
})
process.stderr.on('error', () => {})
// Node would print the message as it is, and end with the code that says that some rows failed.
process.on('uncaughtException', error => {
  stderr.write(errorText(error, { withStack: Boolean(process.env.LLM_RAISE_ERRORS) }))
  process.exit(exitCodes.defect)
})

exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  platform: process.platform,
  homeDirectory: orEmpty(homedir),
  workingDirectory: orEmpty(process.cwd),
  processId: process.pid,
  get stdin() {
    isStdinUsed = true
    return process.stdin
  },
  stdout: openOutput(),
  stderr: process.stderr,
  signals: process,
})
process.exitCode = exitCode
checkOutput()

// A run that was told to end at once does not wait for a reader that takes nothing, and neither
// does its process.
if (exitCode >= 3 && process.stdout.writableLength > 0) process.exit()

// Standard input that is not read to its end would keep the process alive.
if (isStdinUsed) process.stdin.destroy()

/**
 * A folder that was removed under us has no name, nor has a user who is in no list a home: nothing
 * is below them.
 */
function orEmpty(folder: () => string): string {
  try {
    return folder()
  } catch {
    return ''
  }
}

/** A command that ended well without noticing that its output went nowhere did not end well. */
function checkOutput(): void {
  if (outputError === undefined || exitCode !== 0) return
  exitCode = 3
  process.exitCode = exitCode
  stderr.write(`Error: Cannot write to standard output: ${outputError.message}\n`)
}
