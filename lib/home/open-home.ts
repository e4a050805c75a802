import { join } from 'node:path'
import { useExtrasOf } from '../extras/find-extra.js'

/** The user's folder, where llm keeps its files, and what stands beside it. */
export interface Home {
  readonly folder: string
  /** llm's database, which ours lives in. */
  readonly databasePath: string
  /** The settings for batches. */
  readonly configPath: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface OpenHomeOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As Node names it: `linux`, `darwin`, `win32`, … */
  readonly platform: string
  readonly homeDirectory: string
}

const appName = 'io.datasette.llm'

/**
 * Works out once where llm keeps its files. Looks at nothing and makes nothing. From now on,
 * `loadExtra` also finds the extras that are installed there.
 *
 * `LLM_USER_PATH` is used as written; without it, the folder is the one that Click gives llm. An
 * empty variable counts as unset.
 */
export function openHome(options: OpenHomeOptions): Home {
  const { environment, homeDirectory } = options
  const folder = userFolder(options)
  useExtrasOf(folder)
  return Object.freeze({
    folder,
    databasePath: join(folder, 'logs.db'),
    configPath: environment.LLM_BATCH_CONFIG || join(homeDirectory, '.llm', 'batch-config.yaml'),
    environment,
  })
}

function userFolder({ environment, platform, homeDirectory }: OpenHomeOptions): string {
  const { LLM_USER_PATH: chosen, XDG_CONFIG_HOME: config, APPDATA: roaming } = environment
  if (chosen) return chosen
  if (platform === 'win32') return join(roaming || homeDirectory, appName)
  if (platform === 'darwin') return join(homeDirectory, 'Library', 'Application Support', appName)
  return join(config ? expandHome(config, homeDirectory) : join(homeDirectory, '.config'), appName)
}

function expandHome(path: string, homeDirectory: string): string {
  return path === '~' || path.startsWith('~/') ? join(homeDirectory, path.slice(1)) : path
}
