import type { Writable } from 'node:stream'
import type { OutputTarget } from './output-target.js'
import { outputUnwritable } from './output-unwritable.js'
import { readerGone } from './reader-gone.js'
import { watchReader } from './watch-reader.js'

/**
 * A stream of somebody else's, standard output as a rule: written to, never ended, never destroyed.
 *
 * A write waits until its bytes are out, unless it is in a hurry. A reader that is gone is an error with the code
 * `EPIPE`, of the next write or, for a pipe whose reader can be watched, as soon as `onLost` is told.
 */
export function streamTarget(stream: Writable): OutputTarget {
  let isTouched = false
  let hasFailed = false
  let isHurried = false
  const waiting = new Set<() => void>()
  let endWatch: (() => void) | undefined
  // Writes report their errors; without a listener the same error would end the process.
  stream.on('error', onError)

  return {
    path: undefined,
    isUntouched: () => !isTouched,
    write(bytes) {
      isTouched = true
      return new Promise((resolve, reject) => {
        waiting.add(resolve)
        stream.write(bytes, error => {
          waiting.delete(resolve)
          if (error) reject(streamFailed(error))
          else resolve()
        })
        if (isHurried) resolve()
      })
    },
    hurry() {
      isHurried = true
      for (const resolve of waiting) resolve()
    },
    isTaken: () => waiting.size === 0,
    verify: async () => {},
    onLost(listener) {
      const { fd } = stream as { readonly fd?: unknown }
      if (typeof fd === 'number') endWatch ??= watchReader(fd, () => listener(readerGone()))
    },
    close: async () => {
      endWatch?.()
      // The event of a failed write may come after the write's own report.
      if (!hasFailed && !stream.destroyed && waiting.size === 0) stream.off('error', onError)
    },
  }

  function onError(): void {
    hasFailed = true
  }
}

function streamFailed(error: NodeJS.ErrnoException): Error {
  const isGone = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
  return isGone ? error : outputUnwritable('standard output', error)
}
