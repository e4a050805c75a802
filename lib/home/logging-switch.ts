import { access } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether `llm logs off` has turned logging off: the file `logs-off` exists. */
export async function isLoggingOff(folder: string): Promise<boolean> {
  return access(join(folder, 'logs-off')).then(
    () => true,
    () => false,
  )
}
