import { PassThrough, Writable } from 'node:stream'
import { pausingOutput } from '../../../lib/cli/terminal/pausing-output.js'

describe('pausingOutput', () => {
  it('calls ahead of each write, and hands on the text, the encoding and what follows', async () => {
    const seen: string[] = []
    const stream = new PassThrough()
    stream.on('data', chunk => seen.push(String(chunk)))
    const output = pausingOutput(stream, () => seen.push('paused'))

    await new Promise(resolve => output.write('6869', 'hex', resolve))
    await new Promise(resolve => output.write('there', resolve))

    expect(seen).toEqual(['paused', 'hi', 'paused', 'there'])
  })

  it('is the stream itself in all else: its backpressure, its end', () => {
    const stream = Object.assign(new Writable({ write() {}, highWaterMark: 2 }), { columns: 7 })
    const output = pausingOutput(stream, () => {})

    expect(output.columns).toBe(7)
    expect(output.write('a')).toBe(true)
    expect(output.write('b')).toBe(false)
    output.end()
    expect(stream.writableEnded).toBe(true)
  })
})
