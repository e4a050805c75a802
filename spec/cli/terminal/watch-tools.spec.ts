import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { watchTools } from '../../../lib/cli/terminal/watch-tools.js'
import type { ToolCallPlace } from '../../../lib/port/tool.js'
import { fakeTerminal } from '../fake-terminal.js'

const call = { id: 'tc_1', name: 'look_up', argumentsText: ' {"word":\n"a\u001b[2Jb"} ' }
const row = { kind: 'row', index: 1233, columns: {} } as const
const place: ToolCallPlace = { row, signal: new AbortController().signal }
const title = 'Row 1,234: Tool call: look_up({"word": "ab"})'

const typist = () => Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })

function around(change: object = {}) {
  const given = {
    stdin: typist(),
    stderr: fakeTerminal(200),
    environment: {} as Record<string, string>,
    signals: new EventEmitter(),
    openTerminal: (): ReturnType<typeof typist> | undefined => undefined,
  }
  return { ...given, ...change }
}

describe('watchTools', () => {
  it.each([
    ['nothing', {}, undefined, false],
    ['--tools-debug', { toolsDebug: true }, undefined, true],
    ['--no-tools-debug over the environment', { toolsDebug: false }, '1', false],
    ['LLM_TOOLS_DEBUG=1', {}, '1', true],
    ['LLM_TOOLS_DEBUG= Yes', {}, ' Yes ', true],
    ['LLM_TOOLS_DEBUG=0', {}, '0', false],
  ])('with %s', (_what, switches, debug, isShown) => {
    const environment = debug === undefined ? {} : { LLM_TOOLS_DEBUG: debug }

    const { watch, close } = watchTools(switches, ['rows.csv'], around({ environment }))

    close()
    expect(watch?.onResult !== undefined).toBe(isShown)
    expect(watch?.approve).toBeUndefined()
  })

  it.each([
    ['a text', 'two\u001b[2J\nlines', undefined, '  two\n  lines\n'],
    ['JSON, over lines', '{"a":1}', undefined, '  {\n    "a": 1\n  }\n'],
    ['a failure', 'Error: no', 'TypeError: no', '  Error: no\n  Exception: TypeError: no\n'],
  ])('shows a call that gave %s', (_what, output, exception, shown) => {
    const surroundings = around()
    const { watch } = watchTools({ toolsDebug: true }, ['rows.csv'], surroundings)

    watch?.onResult?.(call, { callId: call.id, name: call.name, output, exception }, place)

    expect(surroundings.stderr.text).toBe(`${title}\n${shown}`)
  })

  it.each([
    ['y\r', true],
    ['Yes\r', true],
    ['n\r', false],
    ['\r', false],
    ['\u0004', false],
  ])('asks before a call, and takes %j for %s', async (keys, isRun) => {
    const surroundings = around()
    const { watch } = watchTools({ toolsApprove: true }, ['rows.csv'], surroundings)
    const answer = watch?.approve?.(call, place)
    surroundings.stdin.write(keys)

    expect(await answer).toBe(isRun)
    expect(surroundings.stderr.text).toContain(`${title}: run it? [y/N] `)
    expect(watch?.onResult).toBeUndefined()
  })

  it('takes Ctrl-C at a question for Ctrl-C, and does not run the call', async () => {
    const surroundings = around()
    const interrupted = once(surroundings.signals, 'SIGINT')
    const { watch } = watchTools({ toolsApprove: true }, ['rows.csv'], surroundings)
    const answer = watch?.approve?.(call, place)
    surroundings.stdin.write('\u0003')

    expect(await answer).toBe(false)
    expect(await interrupted).toEqual(['SIGINT'])
  })

  it('asks on the terminal itself if standard input is the batch, and lets go of it', async () => {
    const terminal = typist()
    const surroundings = around({ stdin: new PassThrough(), openTerminal: () => terminal })
    const { watch, close } = watchTools({ toolsApprove: true }, ['-'], surroundings)
    const answer = watch?.approve?.(call, place)
    terminal.write('y\r')
    expect(await answer).toBe(true)
    expect(terminal.destroyed).toBe(false)

    close()

    expect(terminal.destroyed).toBe(true)
  })

  it('leaves standard input open that is not the batch', () => {
    const surroundings = around()

    watchTools({ toolsApprove: true }, ['rows.csv'], surroundings).close()

    expect(surroundings.stdin.destroyed).toBe(false)
  })

  it.each([
    ['standard input is a pipe', 'rows.csv', { stdin: new PassThrough() }],
    ['standard error is a pipe', 'rows.csv', { stderr: new PassThrough() }],
    ['the batch is standard input, and no terminal can be opened', '-', {}],
    ['no terminal can ever be opened', '-', { openTerminal: undefined }],
  ])('refuses to ask if %s', (_when, input, change) => {
    expect(() => watchTools({ toolsApprove: true }, [input], around(change))).toThrow(
      expect.objectContaining({
        code: 'USAGE_INVALID',
        remedy: 'Run the batch on a terminal, or leave out --tools-approve.',
      }),
    )
  })

  it('lets go of the terminal that it opened, if it cannot ask on standard error', () => {
    const terminal = typist()
    const surroundings = around({ stderr: new PassThrough(), openTerminal: () => terminal })

    expect(() => watchTools({ toolsApprove: true }, ['-'], surroundings)).toThrow('no terminal')

    expect(terminal.destroyed).toBe(true)
  })
})
