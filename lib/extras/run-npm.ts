import { type ChildProcess, spawn } from 'node:child_process'
import { type BatchError, runError } from '../error/batch-error.js'

export interface RunNpmOptions {
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As Node names it: `linux`, `darwin`, `win32`, … */
  readonly platform: string
  /** Ends npm, which then has not installed all. */
  readonly signal: AbortSignal
}

/**
 * Installs what a folder's `package.json` asks for, with the user's own settings of npm, such as a
 * registry or a proxy.
 *
 * No script of a package runs: the packages come with their binaries.
 *
 * @throws {BatchError} DEPENDENCY_MISSING without npm, DOWNLOAD_FAILED with npm's own words.
 */
export async function runNpm(options: RunNpmOptions): Promise<void> {
  const { folder, environment, platform, signal } = options
  const child = spawn('npm', [...words], {
    cwd: folder,
    env: environment,
    // On Windows npm is a script, which only a shell can start. The words have no blanks.
    shell: platform === 'win32',
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    // At a gentler signal, npm first ends its downloads, to undo what the caller throws away.
    killSignal: 'SIGKILL',
  })
  const { exitCode, said } = await endOf(child)
  if (exitCode === 0 || signal.aborted) return
  // A shell's code for a program that it does not find.
  if (platform === 'win32' && exitCode === 1 && /not recognized/.test(said)) throw npmMissing()
  throw npmFailed(said)
}

const words = [
  'install',
  // A setting of the user, or of the npx that started us, must not lead elsewhere.
  '--no-global',
  '--include=prod',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-update-notifier',
  '--loglevel=error',
] as const

/** Characters of what npm says that are kept. */
const longestSaid = 100_000

function endOf(child: ChildProcess): Promise<{ exitCode: number | null; said: string }> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < longestSaid) said += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') return // 'close' follows.
      reject(npmMissing(error))
    })
    child.once('close', exitCode => resolve({ exitCode, said }))
  })
}

/** @param cause absent if a shell said it, which finds nothing by that name. */
function npmMissing(cause?: NodeJS.ErrnoException): BatchError {
  return runError(
    'DEPENDENCY_MISSING',
    cause === undefined || cause.code === 'ENOENT'
      ? 'npm is needed to install an extra, and was not found'
      : `npm is needed to install an extra, and cannot be started: ${cause.message}`,
    'Install npm, which comes with Node, or put its folder on the PATH.',
    cause,
  )
}

/** npm's codes for a registry that cannot be reached. */
const unreachable =
  /^(E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|TIMEDOUT|SOCKETTIMEOUT)|ERR_SOCKET_TIMEOUT|ENOTCACHED)$/

function npmFailed(said: string): BatchError {
  const lines = said
    .split('\n')
    .map(line => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter(line => line !== '' && !line.startsWith('A complete log of this run'))
  const code = lines.find(line => line.startsWith('code '))?.slice(5)
  const reason = lines.find(line => !/^(code|errno|syscall|type) /.test(line)) ?? 'no reason given'
  if (code !== undefined && unreachable.test(code)) {
    return runError(
      'DOWNLOAD_FAILED',
      `npm cannot reach its registry: ${reason}`,
      'Check the network and the proxy. The registry is: npm config get registry',
    )
  }
  return runError(
    'DOWNLOAD_FAILED',
    `npm cannot install the packages: ${reason}`,
    "Run the command again after you have removed npm's reason.",
  )
}
