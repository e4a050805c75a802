import { kill } from 'node:process'

/**
 * Sends a signal to a process and to all that it has started, such as the server behind `npx`.
 * Does nothing if none is left.
 *
 * @param leader number of a process that was started detached, and so leads a group of its own.
 */
export function endProcessGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    kill(-leader, signal)
  } catch {
    // None is left.
  }
}
