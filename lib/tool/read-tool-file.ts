import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BatchError, runError } from '../error/batch-error.js'
import type { Clock } from '../port/clock.js'
import type { Tool } from '../port/tool.js'
import { toolOfExport } from './tool-of-export.js'

export interface ReadToolFileOptions {
  /** As the user wrote it: `./tools.mjs`. */
  readonly file: string
  /** The folder that `file` is relative to. */
  readonly folder: string
  readonly clock: Pick<Clock, 'sleep'>
}

/** Milliseconds. A file may connect to something while it is loaded. */
const longestLoadMs = 30_000

/** Whether a tool's name on the command line is a file of tools. */
export function isToolFile(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name)
}

/**
 * Loads the user's file of tools, once a process. Each export with `description`, `inputSchema` and
 * `execute` is a tool; its name is the name of the export, or its own `name`. Other exports are
 * left alone. A tool of the Vercel AI SDK has this form too.
 *
 * @throws {BatchError} TOOL_INVALID with the place and the remedy, reach run: the file is not
 * there, throws, takes over 30 seconds, or has no tools; or a tool lacks something.
 * @example
 * // tools.mjs
 * export const add = {
 *   description: 'Adds two numbers.',
 *   inputSchema: z.object({ a: z.number(), b: z.number() }),
 *   execute: ({ a, b }) => a + b,
 * }
 */
export async function readToolFile(options: ReadToolFileOptions): Promise<readonly Tool[]> {
  const { file } = options
  const exported = Object.entries(await importFile(options))
  const tools: Tool[] = []
  for (const [name, value] of exported) {
    const tool = await toolOfExport(value, { file, exportName: name })
    if (tool !== undefined) tools.push(tool)
  }
  if (tools.length === 0) throw withoutTools(file, exported)
  return tools
}

async function importFile({ file, folder, clock }: ReadToolFileOptions): Promise<object> {
  const path = resolve(folder, file)
  await access(path).catch(error => {
    throw toolFileInvalid(file, `it cannot be read: ${error.message}`, 'Check the path.', error)
  })
  const url = pathToFileURL(path).href
  const timer = new AbortController()
  const timeout = clock.sleep(longestLoadMs, timer.signal).then(() => {
    throw toolFileInvalid(file, 'it is not loaded after 30 seconds', 'See what the file waits for.')
  })
  try {
    return await Promise.race([import(url), timeout])
  } catch (error) {
    throw BatchError.isInstance(error) ? error : loadFailed(file, url, error)
  } finally {
    timer.abort()
    timeout.catch(() => {})
  }
}

function loadFailed(file: string, url: string, error: unknown): BatchError {
  const { code, message, stack } = (error ?? {}) as NodeJS.ErrnoException
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file)) {
    return toolFileInvalid(
      file,
      'this version of Node does not run TypeScript',
      `Use Node 22.18 or newer, or compile it: npx esbuild ${file} --outfile=${compiledName(file)}`,
      error,
    )
  }
  const line = lineIn(stack, url)
  const place = line === undefined ? '' : ` (line ${line})`
  return toolFileInvalid(
    file,
    `it throws${place}: ${message ?? String(error)}`,
    `Try it alone with: node ${file}`,
    error,
  )
}

/** The first line of the file that a stack names. A stack of a syntax error names none. */
function lineIn(stack: string | undefined, url: string): string | undefined {
  const at = stack?.indexOf(`${url}:`) ?? -1
  return at === -1 ? undefined : /^\d+/.exec(stack?.slice(at + url.length + 1) ?? '')?.[0]
}

function compiledName(file: string): string {
  return file.replace(/\.[cm]?ts$/, '.mjs')
}

function withoutTools(file: string, exported: readonly (readonly [string, unknown])[]): BatchError {
  const names = exported.map(([name]) => name)
  return toolFileInvalid(
    file,
    names.length === 0
      ? 'it exports nothing'
      : `none of its exports is a tool: ${names.join(', ')}`,
    'Export an object with description, inputSchema and execute.',
  )
}

function toolFileInvalid(
  file: string,
  reason: string,
  remedy: string,
  cause?: unknown,
): BatchError {
  const message = `The tools of ${file} cannot be used: ${reason}`
  return runError('TOOL_INVALID', message, remedy, cause)
}
