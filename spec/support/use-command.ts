import {
  type CommandResult,
  type RunCommandOptions,
  type RunningCommand,
  runCommand,
  runShell,
  startCommand,
} from './run-command.js'
import { type StubServer, type StubServerOptions, startStubServer } from './stub-server.js'
import { makeWorkdir, type Workdir } from './workdir.js'

type Options = Omit<RunCommandOptions, 'cwd'>

type Scripted = 'answer' | 'latencyMs' | 'fault'

/** A fresh folder with a model server beside it, anew for each test. */
export interface CommandBench {
  readonly workdir: Workdir
  readonly server: StubServer
  /** What the server does; a test sets what it needs before it runs the command. */
  script: { -readonly [Name in Scripted]?: StubServerOptions[Name] }
  /** Runs the built command. */
  readonly llm: (args: readonly string[], options?: Options) => Promise<CommandResult>
  /** Runs the command in this process: see `runInFolder`. */
  readonly inProcess: (args: readonly string[], options?: Options) => Promise<CommandResult>
  readonly shell: (script: string, options?: Options) => Promise<CommandResult>
  readonly start: (args: readonly string[], options?: Options) => RunningCommand
}

/** A key that must not be found anywhere afterwards. */
export const secretKey = 'sk-spec-5e3c7a91f0d2'

/**
 * Makes the bench before each test and clears it away after; every provider's base URL points to
 * the server.
 */
export function useCommand(): CommandBench {
  let opened: OpenedBench
  const bench: CommandBench = {
    get workdir() {
      return opened.workdir
    },
    get server() {
      return opened.server
    },
    get script() {
      return opened.script
    },
    set script(script) {
      opened.script = script
    },
    llm: (args, options) => opened.llm(args, options),
    inProcess: (args, options) => opened.inProcess(args, options),
    shell: (script, options) => opened.shell(script, options),
    start: (args, options) => opened.start(args, options),
  }

  beforeEach(async () => {
    opened = await openBench()
  })
  afterEach(() => opened.close())

  return bench
}

export interface OpenedBench extends CommandBench {
  readonly close: () => Promise<void>
}

/** A bench for a part of a test. */
export async function openBench(): Promise<OpenedBench> {
  const workdir = await makeWorkdir()
  const server = await startStubServer({
    answer: (text, question) => bench.script.answer?.(text, question),
    latencyMs: text => latencyOf(bench.script.latencyMs, text),
    fault: (requestNumber, text) => bench.script.fault?.(requestNumber, text),
    isRecording: true,
  })
  const withServer = (options: Options = {}): RunCommandOptions => ({
    ...options,
    cwd: workdir.path,
    env: { ...server.environment, OPENAI_API_KEY: secretKey, ...options.env },
  })
  const bench: OpenedBench = {
    workdir,
    server,
    script: {},
    llm: (args, options) => runCommand(args, withServer(options)),
    inProcess: async (args, options) => {
      const { runInFolder } = await import('./run-in-folder.js')
      return runInFolder(args, withServer(options))
    },
    shell: (script, options) => runShell(script, withServer(options)),
    start: (args, options) => startCommand(args, withServer(options)),
    async close() {
      await server.close()
      await workdir.remove()
    },
  }
  return bench
}

function latencyOf(latencyMs: StubServerOptions['latencyMs'] = 0, text: string): number {
  return typeof latencyMs === 'number' ? latencyMs : latencyMs(text)
}
