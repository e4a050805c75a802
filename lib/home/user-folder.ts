import { join } from 'node:path'

export interface UserFolderOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As Node names it: `linux`, `darwin`, `win32`, … */
  readonly platform: string
  readonly homeDirectory: string
}

const appName = 'io.datasette.llm'

/**
 * Where llm keeps its files. Nothing is looked at or made.
 *
 * `LLM_USER_PATH` is taken as it is, else it is the folder that Click gives llm. An empty variable counts as unset.
 */
export function userFolder({ environment, platform, homeDirectory }: UserFolderOptions): string {
  const { LLM_USER_PATH: chosen, XDG_CONFIG_HOME: config, APPDATA: roaming } = environment
  if (chosen) return chosen
  if (platform === 'win32') return join(roaming || homeDirectory, appName)
  if (platform === 'darwin') return join(homeDirectory, 'Library', 'Application Support', appName)
  return join(config ? expandHome(config, homeDirectory) : join(homeDirectory, '.config'), appName)
}

/** llm's database, which ours lives in. */
export function logsPath(folder: string): string {
  return join(folder, 'logs.db')
}

function expandHome(path: string, homeDirectory: string): string {
  return path === '~' || path.startsWith('~/') ? join(homeDirectory, path.slice(1)) : path
}
