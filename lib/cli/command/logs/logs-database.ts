import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { BatchError } from '../../../error/batch-error.js'
import { isLoggingOff, switchLogging } from '../../../home/logging-switch.js'
import { openLog } from '../../../report/open-log.js'
import { exitCodes } from '../../text/exit-code.js'
import { logSizeText, logStatusText } from '../../text/log/log-status.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../../words/command.js'
import { usageInvalid } from '../../words/usage-errors.js'

/** `llm logs path` */
export const runLogsPath: RunCommand = async (_given, { home, stdout }) => {
  stdout.write(`${home.databasePath}\n`)
  return exitCodes.allAnswered
}

/** `llm logs status` */
export const runLogsStatus: RunCommand = async (_given, surroundings) => {
  const { home, stdout } = surroundings
  const path = home.databasePath
  const log = await openLog(surroundings)
  if (log === undefined) {
    stdout.write(`No log database found at ${path}\n`)
    return exitCodes.allAnswered
  }
  try {
    const isOff = await isLoggingOff(home.folder)
    const counts = await log.countCalls()
    const { size } = await stat(path)
    stdout.write(logStatusText({ path, isOff, counts, bytes: size }))
  } finally {
    await log.close()
  }
  return exitCodes.allAnswered
}

/** `llm logs on` */
export const runLogsOn: RunCommand = async (_given, { home }) => {
  await switchLogging(home.folder, true)
  return exitCodes.allAnswered
}

/** `llm logs off` */
export const runLogsOff: RunCommand = async (_given, { home }) => {
  await switchLogging(home.folder, false)
  return exitCodes.allAnswered
}

/** `llm logs backup PATH` */
export const runLogsBackup: RunCommand = async (given, surroundings) => {
  const path = given.operands[0] ?? ''
  const log = await openLog(surroundings)
  if (log === undefined) throw databaseMissing(given, surroundings)
  try {
    const file = resolve(surroundings.workingDirectory, path)
    await log.backUp(file)
    const { size } = await stat(file)
    surroundings.stdout.write(`Backed up ${logSizeText(size)} to ${path}\n`)
  } finally {
    await log.close()
  }
  return exitCodes.allAnswered
}

export function databaseMissing(
  { texts }: GivenCommand,
  { home }: CommandSurroundings,
): BatchError {
  return usageInvalid(
    `No log database found at ${texts.database ?? home.databasePath}.`,
    'Name a database with -d PATH. `llm batch` and `llm` create one with their first answer.',
  )
}
