#!/usr/bin/env node
import { homedir } from 'node:os'
import { keepHeapSmall } from '../lib/cli/keep-heap-small.js'
import { runCommandLine } from '../lib/cli/run-command-line.js'

keepHeapSmall()

let isStdinUsed = false
let exitCode: number | undefined
let outputError: Error | undefined

// A reader that has gone is no failure of ours, and whoever writes learns of it and ends the run. Anything else is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') outputError ??= error
  checkOutput()
})
process.stderr.on('error', () => {})

exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  platform: process.platform,
  homeDirectory: homedir(),
  workingDirectory: currentFolder(),
  processId: process.pid,
  get stdin() {
    isStdinUsed = true
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
})
process.exitCode = exitCode
checkOutput()

// A run that was told to end at once does not wait for a reader that takes nothing, and neither does its process.
if (exitCode >= 3 && process.stdout.writableLength > 0) process.exit()

// Standard input that is not read to its end would keep the process alive.
if (isStdinUsed) process.stdin.destroy()

/** A folder that was removed under us has no name, and nothing is below it. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}

/** A command that ended well without noticing that its output went nowhere did not end well. */
function checkOutput(): void {
  if (outputError === undefined || exitCode !== 0) return
  exitCode = 3
  process.exitCode = exitCode
  process.stderr.write(`Error: Cannot write to standard output: ${outputError.message}\n`)
}
