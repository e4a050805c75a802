import { availableParallelism } from 'node:os'
import { extraFault, importerOf } from '../../extras/load-extra.js'
import type { Clock } from '../../port/clock.js'
import type { OpenTools, Tool } from '../../port/tool.js'
import { toolError } from '../result/failed-result.js'
import { createProcessPool, type ProcessPool } from './process-pool.js'
import type { PythonLimits, PythonReply } from './python-reply.js'
import { startPython } from './start-python.js'

export interface OpenPythonOptions {
  readonly clock: Pick<Clock, 'sleep'>
  /** The most processes; without it as many as the machine has cores, but not over 8. */
  readonly processes?: number | undefined
  readonly limits?: Partial<PythonLimits> | undefined
}

const packageName = '@pydantic/monty'
const mostProcesses = 8

/** Characters. */
const longestCode = 100_000

const usualLimits: PythonLimits = {
  timeMs: 10_000,
  memoryBytes: 64 * 2 ** 20,
  processBytes: 320 * 2 ** 20,
  nestedCalls: 400,
}

/**
 * Opens the tool `python`, which runs code that a model wrote: in processes of their own, without
 * files, network, environment and other processes, and within limits. The tool's description says
 * which Python that is.
 *
 * @throws {BatchError} DEPENDENCY_MISSING, reach run: the package with Python is not installed,
 * with the command that installs it, or does not work here.
 * @example
 * const { tools, close } = await openPython({ clock: systemClock })
 */
export async function openPython(options: OpenPythonOptions): Promise<OpenTools> {
  const { clock, processes = Math.min(availableParallelism(), mostProcesses) } = options
  const limits = { ...usualLimits, ...options.limits }
  const settings = { importer: await importerOf('python', packageName), limits }
  const pool = createProcessPool<string, PythonReply>({
    size: processes,
    start: () => startPython({ settings, clock }),
    neverStarted: () =>
      toolError('TimeoutError', 'Python was busy with other rows for the whole time'),
  })
  try {
    const version = await readVersion(pool)
    return { tools: [pythonTool(pool, limits, version)], close: pool.close }
  } catch (error) {
    await pool.close()
    throw error
  }
}

/** The first run shows whether Python works here, before anything is paid. */
async function readVersion(pool: ProcessPool<string, PythonReply>): Promise<string> {
  const never = new AbortController().signal
  const reply = await pool.run('import sys\nprint(sys.version)', never).catch(error => {
    throw extraFault('python', packageName, error)
  })
  if (reply.kind === 'done') return reply.text.trim()
  throw extraFault('python', packageName, reply)
}

function pythonTool(
  pool: ProcessPool<string, PythonReply>,
  limits: PythonLimits,
  version: string,
): Tool {
  return {
    spec: {
      name: 'python',
      description: descriptionOf(limits, version),
      inputSchema: {
        type: 'object',
        properties: { code: { type: 'string', description: 'Python code.' } },
        required: ['code'],
        additionalProperties: false,
      },
    },
    async execute(input, { signal }) {
      const { code } = input as { readonly code: string }
      if (code.length > longestCode) {
        throw toolError('ValueError', `the code has over ${longestCode} characters`)
      }
      const reply = await pool.run(code, signal)
      if (reply.kind === 'done') return reply.text
      if (reply.kind === 'failed') throw toolError(reply.name, reply.message, reply.details)
      throw toolError('ImportError', `Python does not start: ${reply.message}`)
    },
  }
}

function descriptionOf(limits: PythonLimits, version: string): string {
  const { timeMs, memoryBytes, nestedCalls } = limits
  return [
    'Runs Python code. Returns what it prints, and the value of its last expression.',
    `This is Python ${version}, a part of Python. It has functions, lambdas, comprehensions,`,
    'exceptions and f-strings. It does not have classes, yield, match, del, str.format, % on',
    'strings, "," in f-string formats, complex numbers, or input().',
    'Modules: math, re, json, datetime, asyncio, typing. No others can be imported.',
    'There are no files, no network, no environment and no clock.',
    'Each call starts afresh: nothing stays from the call before.',
    `Limits: ${timeMs / 1000} seconds, ${Math.round(memoryBytes / 2 ** 20)} MB,`,
    `${nestedCalls} calls within calls.`,
  ].join(' ')
}
