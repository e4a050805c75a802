import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

export type PythonVersion = '0.36' | '0.31.1'

export interface PythonResult {
  readonly exitCode: number
  /** Both streams. */
  readonly output: string
  /** Absent for what is not a command of llm's. */
  readonly stdout?: string
  readonly stderr?: string
}

export interface PythonOptions {
  readonly version: PythonVersion
  /** llm's user folder. */
  readonly userPath: string
  /** Base URL of the server it asks. */
  readonly baseUrl: string
}

type Commands = readonly (readonly string[])[]

/** A process that answers every list of commands in a fork of its own, one after another. */
interface PythonProcess {
  readonly run: (options: PythonOptions, commands: Commands) => Promise<readonly PythonResult[]>
  readonly close: () => Promise<void>
}

export const pythonOf = (version: PythonVersion) =>
  resolve(import.meta.dirname, `../../.cache/python-llm-${version}/bin/python`)

/** Whether both versions are installed; `sh spec/support/install-python-llm.sh` does it. */
export const isPythonLlmThere = existsSync(pythonOf('0.36')) && existsSync(pythonOf('0.31.1'))

/** Those that the specs of a file share: a start takes a second. */
const shared = new Map<PythonVersion, PythonProcess>()
afterAll(async () => {
  for (const python of shared.values()) await python.close()
})

/** Runs commands of the real Python llm, one after another, as in one fresh process. */
export function runPythonLlm(
  options: PythonOptions,
  commands: Commands,
): Promise<readonly PythonResult[]> {
  const { version } = options
  const python = shared.get(version) ?? startPythonLlm(version)
  shared.set(version, python)
  return python.run(options, commands)
}

/** Starts a process for a spec that needs one of its own. */
export function startPythonLlm(version: PythonVersion): PythonProcess {
  const child = spawn(pythonOf(version), [resolve(import.meta.dirname, 'run-llm.py')], {
    env: { PATH: process.env.PATH, LLM_LOAD_PLUGINS: '', OPENAI_API_KEY: 'sk-spec' },
  })
  const ended = once(child, 'close')
  let complaint = ''
  child.stderr.on('data', text => {
    complaint += text
  })
  const waiting: ((line: string) => void)[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => waiting.shift()?.(line))
  lines.on('close', () => {
    for (const take of waiting.splice(0)) take('null')
  })

  return {
    async run({ userPath, baseUrl }, commands) {
      const environment = { LLM_USER_PATH: userPath, OPENAI_BASE_URL: baseUrl }
      const line = await new Promise<string>(take => {
        waiting.push(take)
        child.stdin.write(`${JSON.stringify({ environment, commands })}\n`)
      })
      if (line === 'null') throw new Error(`Python llm ${version} failed: ${complaint}`)
      return JSON.parse(line)
    },
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
