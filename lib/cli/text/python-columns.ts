import type { TerminalOutput } from '../../host/screen-output.js'

export interface PythonColumnsOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdout: TerminalOutput
}

/** The width that Python's llm cuts lines to: `COLUMNS`, else the terminal's, else 80. */
export function pythonColumns({ environment, stdout }: PythonColumnsOptions): number {
  const set = /^ *\d+ *$/.test(environment.COLUMNS ?? '') ? Number(environment.COLUMNS) : 0
  return set || (stdout.isTTY && stdout.columns) || 80
}
