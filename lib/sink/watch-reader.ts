import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { Socket } from 'node:net'

/** Node's handle of a TCP socket, as far as it is needed here. */
interface TcpHandle {
  /** Takes an open file descriptor; 0 when it could. */
  readonly open: (fd: number) => number
}

type TcpHandleClass = new (type: number) => TcpHandle

/**
 * Calls `onGone` once, as soon as nobody is left to read a pipe that we write; a write would notice it, but the next
 * one may be minutes away.
 *
 * Anonymous pipes of Linux alone, where it is sure and touches nobody: the end that is written is opened a second time
 * through /proc, which shares no flags with the first, and can be written only, so that nothing is ever read from it.
 * The kernel reports an error on it when the last reader is gone (POLLERR), whereupon libuv reads, and gets EBADF.
 * libuv does not watch for that on a handle of a pipe that is written only, and Node gives no other handle of one by
 * documented means: this takes that of a TCP socket, which libuv watches whatever it stands for. Where a Node has
 * no such thing, nothing is watched.
 *
 * @returns ends it; undefined where it cannot be seen.
 * @see https://man7.org/linux/man-pages/man2/poll.2.html (POLLERR)
 */
export function watchReader(fd: number, onGone: () => void): (() => void) | undefined {
  const own = openAgain(fd)
  if (own === undefined) return undefined
  const handle = tcpHandleOf(own)
  if (handle === undefined) {
    closeSync(own)
    return undefined
  }
  // The option `handle` is older than the types.
  const watch = new Socket({ handle, readable: true, writable: false } as object)
  watch.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EBADF') onGone()
  })
  watch.unref()
  watch.resume()
  return () => watch.destroy()
}

/** A description of our own of the pipe behind a descriptor, which is given up with it when the process ends. */
function openAgain(fd: number): number | undefined {
  const path = `/proc/self/fd/${fd}`
  try {
    if (!readlinkSync(path).startsWith('pipe:[')) return undefined
    const own = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    // libuv ends the process over what cannot be polled.
    if (fstatSync(own).isFIFO()) return own
    closeSync(own)
  } catch {
    // Another system than Linux, or no right to it.
  }
  return undefined
}

function tcpHandleOf(fd: number): TcpHandle | undefined {
  const Handle = tcpHandleClass()
  try {
    const handle = Handle && new Handle(0)
    return handle?.open(fd) === 0 ? handle : undefined
  } catch {
    return undefined
  }
}

/** A socket has its handle from the moment it begins to connect; this one never finds out where to. */
function tcpHandleClass(): TcpHandleClass | undefined {
  const socket = new Socket()
  try {
    socket.connect({ host: 'nowhere', port: 1, lookup: () => {} })
    const { _handle: handle } = socket as { readonly _handle?: object }
    return handle?.constructor as TcpHandleClass | undefined
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}
