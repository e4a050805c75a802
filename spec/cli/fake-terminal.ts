import { Writable } from 'node:stream'
import type { TerminalOutput } from '../../lib/host/screen-output.js'

export interface FakeTerminal extends TerminalOutput {
  columns: number
  text: string
}

/** A terminal that keeps what is written; moves of the cursor it ignores. */
export function fakeTerminal(columns: number): FakeTerminal {
  const terminal = new Writable({
    write(chunk, _encoding, done) {
      terminal.text += String(chunk)
      terminal.emit('drawn')
      done()
    },
  }) as unknown as FakeTerminal
  const ignore = () => true
  const moves = { cursorTo: ignore, clearLine: ignore, moveCursor: ignore }
  return Object.assign(terminal, { isTTY: true, columns, text: '', ...moves })
}
