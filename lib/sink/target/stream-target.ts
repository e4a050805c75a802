import type { Writable } from 'node:stream'
import type { OutputTarget } from './output-target.js'
import { outputUnwritable } from './output-unwritable.js'

/**
 * A stream that belongs to somebody else, such as standard output: written to, never ended, never
 * destroyed.
 *
 * A write waits until its bytes are taken, unless hurried. If the reader is gone, the next write
 * fails with the code `EPIPE`.
 *
 * @param name the output's name for messages.
 */
export function streamTarget(stream: Writable, name = 'standard output'): OutputTarget {
  let hasFailed = false
  let isHurried = false
  const waiting = new Set<() => void>()
  // Writes report their errors. Without this listener, the same error would end the process.
  stream.on('error', onError)

  return {
    path: undefined,
    isInPlace: () => true,
    isGone: () => false,
    isTaken: () => waiting.size === 0,
    write(bytes) {
      return new Promise((resolve, reject) => {
        waiting.add(resolve)
        stream.write(bytes, error => {
          waiting.delete(resolve)
          if (error) reject(streamFailed(error, name))
          else resolve()
        })
        if (isHurried) resolve()
      })
    },
    verify: async () => {},
    hurry() {
      isHurried = true
      for (const resolve of waiting) resolve()
    },
    close: async () => {
      // The error event may come after the failed write's callback.
      if (!hasFailed && !stream.destroyed && waiting.size === 0) stream.off('error', onError)
    },
  }

  function onError(): void {
    hasFailed = true
  }
}

function streamFailed(error: NodeJS.ErrnoException, name: string): Error {
  const isGone = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
  return isGone ? error : outputUnwritable(name, error)
}
