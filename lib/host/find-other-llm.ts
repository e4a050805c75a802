import { constants } from 'node:fs'
import { access, readFile, realpath, stat } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'

export interface FindOtherLlmOptions {
  /** The value of PATH. */
  readonly path: string | undefined
  /** As Node names it: `linux`, `darwin`, `win32`, … */
  readonly platform: string
  /** The path that this program was started by. */
  readonly programPath: string | undefined
  /** Real paths that were tried before. */
  readonly tried: readonly string[]
}

/**
 * Finds the first `llm` on the PATH that is not this program, by its real path. Undefined if there
 * is none.
 *
 * This program may be there under several names: by `npm link`, as another copy of the package, or
 * behind a script that starts it. Such a script cannot be told from another llm, so the caller must
 * pass as `tried` what has already led back to this program.
 */
export async function findOtherLlm(options: FindOtherLlmOptions): Promise<string | undefined> {
  const { path = '', platform, programPath, tried } = options
  // On Windows, Python's installers make an .exe. Our own is a .cmd file.
  const name = platform === 'win32' ? 'llm.exe' : 'llm'
  const own = programPath && (await realPathOf(programPath))
  // An empty entry of the PATH means the current folder: nothing is run from there.
  for (const folder of path.split(delimiter).filter(entry => entry !== '')) {
    const candidate = resolve(folder, name)
    const real = await realPathOf(candidate)
    if (real === undefined || real === own || tried.includes(real)) continue
    if (!(await isExecutable(real)) || (await isOurs(real))) continue
    return candidate
  }
  return undefined
}

export async function realPathOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined)
}

async function isExecutable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return false
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** Whether a file is the command of a copy of this package: `PACKAGE/dist/bin/llm.js`. */
async function isOurs(path: string): Promise<boolean> {
  const packageFile = join(dirname(path), '../../package.json')
  try {
    return JSON.parse(await readFile(packageFile, 'utf8')).name === 'llm-batch'
  } catch {
    return false
  }
}
