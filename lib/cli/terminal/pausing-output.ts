import type { TerminalOutput } from '../../host/screen-output.js'

/**
 * Wraps a stream that calls `before` ahead of each write. Only `write` is replaced, so errors,
 * backpressure and the order of writes are the stream's own.
 */
export function pausingOutput(stream: TerminalOutput, before: () => void): TerminalOutput {
  const write = (...given: Parameters<TerminalOutput['write']>): boolean => {
    before()
    return stream.write(...given)
  }
  return new Proxy(stream, {
    get: (target, name, wrapped) => (name === 'write' ? write : Reflect.get(target, name, wrapped)),
  })
}
