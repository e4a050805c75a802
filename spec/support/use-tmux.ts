import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { userPathOf } from './run-command.js'
import { until } from './until.js'
import { type CommandBench, secretKey } from './use-command.js'

const run = promisify(execFile)

/** Where tmux is absent, CI excepted, its specs are left out. */
export const itInTmux =
  process.env.CI === 'true' || spawnSync('tmux', ['-V']).status === 0 ? it : it.skip

/** A terminal in which a line of shell runs. */
export interface Screen {
  /** What the terminal shows and has shown, without blank lines at the end. */
  readonly text: () => Promise<string>
  /** The same with the sequences for colours. */
  readonly coloured: () => Promise<string>
  /** Resolves with the text once it holds `part`. */
  readonly shows: (part: string | RegExp) => Promise<string>
  /** Resolves with the text once that is true of it. */
  readonly becomes: (isRight: (text: string) => boolean) => Promise<string>
  readonly resize: (columns: number) => Promise<void>
  readonly press: (key: string) => Promise<void>
}

export interface Tmux {
  /** Opens a terminal of so many columns, in which `llm` is the built command. */
  readonly open: (
    script: string,
    columns: number,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Screen>
}

/** A tmux server of a test's own; its terminals end with the test. */
export function useTmux(bench: CommandBench): Tmux {
  let socket: string
  const tmux = async (...words: string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...words])).stdout

  beforeEach(() => {
    socket = bench.workdir.join('tmux.sock')
  })
  afterEach(async () => {
    await tmux('kill-server').catch(() => {}) // a test that opened none
  })

  return {
    async open(script, columns, env = {}) {
      await bench.shell('true') // makes `llm` in the folder
      const all = {
        PATH: `${bench.workdir.join('bin')}:${process.env.PATH}`,
        HOME: bench.workdir.path,
        LLM_USER_PATH: userPathOf(bench.workdir.path),
        OPENAI_API_KEY: secretKey,
        ...bench.server.environment,
        ...env,
      }
      const exports = Object.entries(all).map(([name, value]) => `export ${name}='${value}'`)
      // Some lines stand above, as in a terminal that is in use.
      const lines = [...exports, 'unset NO_COLOR CI', "printf '%s\\n' one two three", script]
      if ('NO_COLOR' in env) lines.splice(exports.length, 1)
      await bench.workdir.write('script.sh', `${lines.join('\n')}\necho "exit $?"\nsleep 600\n`)
      const size = ['-x', String(columns), '-y', '30', '-c', bench.workdir.path]
      await tmux('new-session', '-d', ...size, `bash ${bench.workdir.join('script.sh')}`)
      const capture = async (...words: string[]) =>
        (await tmux('capture-pane', '-p', '-S', '-200', ...words)).trimEnd()
      const becomes = async (isRight: (text: string) => boolean): Promise<string> => {
        let text = ''
        await until(async () => {
          text = await capture()
          return isRight(text)
        })
        return text
      }
      return {
        text: () => capture(),
        coloured: () => capture('-e'),
        shows: part =>
          becomes(text => (typeof part === 'string' ? text.includes(part) : part.test(text))),
        becomes,
        resize: async width => void (await tmux('resize-window', '-x', String(width))),
        press: async key => void (await tmux('send-keys', '--', key)),
      }
    },
  }
}
