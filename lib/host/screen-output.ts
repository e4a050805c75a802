import type { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { printableText } from './printable.js'

/** A stream that may be a terminal. */
export interface TerminalOutput extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  /**
   * The terminal itself, for our own sequences that move the cursor. Text of others is never
   * written here.
   */
  readonly unscreened?: TerminalOutput
}

/**
 * Wraps a terminal so that everything written is made safe. A file or a pipe is returned as it is,
 * and gets every byte.
 *
 * Only `write` is replaced, so errors, backpressure and the order of writes are the terminal's own.
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
