import { access } from 'node:fs/promises'
import { join } from 'node:path'

/** Whether `llm logs off` was said: the file `logs-off` is there. */
export async function isLoggingOff(folder: string): Promise<boolean> {
  return access(join(folder, 'logs-off')).then(
    () => true,
    () => false,
  )
}
