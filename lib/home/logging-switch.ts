import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { homeFileUnwritable, writeHomeFile } from './write-home-file.js'

/** Whether `llm logs off` has turned logging off: the file `logs-off` exists. */
export async function isLoggingOff(folder: string): Promise<boolean> {
  return access(join(folder, 'logs-off')).then(
    () => true,
    () => false,
  )
}

/**
 * Turns logging on or off for all prompts, as `llm logs on` and `llm logs off`.
 *
 * @throws {BatchError} HOME_FILE_INVALID if the folder cannot be written.
 */
export async function switchLogging(folder: string, isOn: boolean): Promise<void> {
  const path = join(folder, 'logs-off')
  if (!isOn) return writeHomeFile(path, '')
  try {
    await rm(path, { force: true })
  } catch (error) {
    throw homeFileUnwritable(path, error)
  }
}
