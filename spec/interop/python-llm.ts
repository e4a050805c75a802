import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

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

export const pythonOf = (version: PythonVersion) =>
  resolve(import.meta.dirname, `../../.cache/python-llm-${version}/bin/python`)

/** Whether both versions are installed; `sh spec/support/install-python-llm.sh` does it. */
export const isPythonLlmThere = existsSync(pythonOf('0.36')) && existsSync(pythonOf('0.31.1'))

/** Runs commands of the real Python llm, one after another in one process. */
export function runPythonLlm(
  { version, userPath, baseUrl }: PythonOptions,
  commands: readonly (readonly string[])[],
): Promise<readonly PythonResult[]> {
  const child = spawn(pythonOf(version), [resolve(import.meta.dirname, 'run-llm.py')], {
    env: {
      PATH: process.env.PATH,
      LLM_USER_PATH: userPath,
      LLM_LOAD_PLUGINS: '',
      OPENAI_BASE_URL: baseUrl,
      OPENAI_API_KEY: 'sk-spec',
    },
  })
  let output = ''
  let complaint = ''
  child.stdout.on('data', text => {
    output += text
  })
  child.stderr.on('data', text => {
    complaint += text
  })
  child.stdin.end(JSON.stringify(commands))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => {
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`Python llm ${version} ended with ${code}: ${complaint}`))
    })
  })
}
