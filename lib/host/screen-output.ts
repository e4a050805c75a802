import type { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { printableText } from './printable.js'

/** A stream that may be a terminal. */
export interface TerminalOutput extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  /** The terminal itself, for sequences of our own that move its cursor. Text that others wrote never goes this way. */
  readonly unscreened?: TerminalOutput
}

/**
 * The one way to a terminal: whatever is written is stripped of what could move the cursor or hide text. A file or a
 * pipe is given back as it is, and gets every byte.
 *
 * It is the same stream with another `write`, so errors, back pressure and the order of writes are those of the
 * terminal itself.
 */
export function screenOutput(stream: TerminalOutput): TerminalOutput {
  if (stream.isTTY !== true) return stream
  const decoder = new StringDecoder('utf8')
  const write = (chunk: string | Buffer, ...rest: [BufferEncoding & WriteDone, WriteDone]) =>
    stream.write(printableText(decoder.write(chunk)), ...rest)
  return new Proxy(stream, {
    get(terminal, name, screen) {
      if (name === 'write') return write
      if (name === 'unscreened') return terminal
      return Reflect.get(terminal, name, screen)
    },
  })
}

type WriteDone = (error?: Error | null) => void
