import { PassThrough, Readable } from 'node:stream'
import { askToProceed, askYesNo, readSecret } from '../../../lib/cli/terminal/ask-user.js'
import { screenOutput } from '../../../lib/host/screen-output.js'
import { fakeTerminal } from '../fake-terminal.js'

type Screen = Parameters<typeof askYesNo>[1]['stderr']

const piped = (text: string) =>
  readSecret('Key: ', { stdin: Readable.from([text]), stderr: screen() })

function screen(): PassThrough {
  return new PassThrough()
}

/** A person at a terminal who types `keys`. */
async function typed(keys: string) {
  const rawModes: boolean[] = []
  const setRawMode = (mode: boolean) => void rawModes.push(mode)
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
  const stderr = screen()
  const asked = readSecret('Key: ', { stdin, stderr })
  stdin.write(keys)
  const secret = await asked.catch(error => error)
  stderr.end()
  return { secret, shown: String(await stderr.toArray().then(chunks => chunks.join(''))), rawModes }
}

describe('readSecret', () => {
  it.each(['', '\n', '  \r\n'])('refuses %j from a pipe', async text => {
    await expect(piped(text)).rejects.toMatchObject({
      code: 'USAGE_INVALID',
      message: 'No key was given.',
    })
  })

  it('refuses an empty line, and the end of input, on a terminal', async () => {
    expect((await typed('\r')).secret).toMatchObject({ message: 'No key was given.' })
    expect((await typed('\u0004')).secret).toMatchObject({ message: 'No key was given.' })
  })

  it('breaks off at Ctrl-C', async () => {
    expect((await typed('sk-\u0003')).secret).toMatchObject({ code: 'RUN_INTERRUPTED' })
  })

  it('takes all of a pipe without the blanks around it', async () => {
    expect(await piped('sk-abc\n')).toBe('sk-abc')
  })

  it('asks on a terminal and shows nothing of what is typed', async () => {
    const { secret, shown, rawModes } = await typed('sk-abc\r')
    expect(secret).toBe('sk-abc')
    expect(shown).toBe('Key: \n')
    expect(rawModes).toEqual([true, false])
  })
})

describe.each([
  [
    'askYesNo',
    (stdin: PassThrough, screen: Screen) => askYesNo('Go on?', { stdin, stderr: screen }),
  ],
  [
    'askToProceed',
    (stdin: PassThrough, screen: Screen) =>
      askToProceed('Go on? [y/N] ', { stdin, stdout: screen }),
  ],
])('%s', (_name, ask) => {
  const keyboard = () => Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })

  it.each([
    ['y\r', true],
    [' YES \r', true],
    ['yes please\r', false],
    ['\r', false],
    ['\u0004', false],
  ])(
    'takes %j for %s, on a terminal as on the stream that makes its text safe',
    async (keys, is) => {
      for (const isScreened of [false, true]) {
        const stdin = keyboard()
        const terminal = fakeTerminal(80)
        const answer = ask(stdin, isScreened ? screenOutput(terminal) : terminal)
        stdin.write(keys)

        expect(await answer).toBe(is)
        expect(terminal.text).toContain('Go on? [y/N] ')
        // readline's own sequences come through to the terminal.
        expect(terminal.text).toContain('\u001b[')
      }
    },
  )

  it('breaks off at Ctrl-C', async () => {
    const stdin = keyboard()
    const answer = ask(stdin, fakeTerminal(80))
    stdin.write('y\u0003')

    await expect(answer).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' })
  })
})
