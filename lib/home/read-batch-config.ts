import { join } from 'node:path'
import { type BatchConfig, parseBatchConfig } from '../config/parse-batch-config.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { readHomeText } from './home-file.js'

export interface ReadBatchConfigOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
}

/**
 * The settings for batches: the file that `LLM_BATCH_CONFIG` names, else `~/.llm/batch-config.yaml`, which may be absent.
 *
 * @throws {BatchError} CONFIG_INVALID when the named file is absent, or any of it is wrong; HOME_FILE_INVALID when it cannot be read.
 */
export async function readBatchConfig(options: ReadBatchConfigOptions): Promise<BatchConfig> {
  const named = options.environment.LLM_BATCH_CONFIG
  const path = batchConfigPath(options)
  const text = await readHomeText(path)
  if (text !== undefined) return parseBatchConfig(text, path)
  if (named) throw configNotFound(path)
  return { defaults: {}, rate_limits: {}, output: {} }
}

export function batchConfigPath({ environment, homeDirectory }: ReadBatchConfigOptions): string {
  return environment.LLM_BATCH_CONFIG || join(homeDirectory, '.llm', 'batch-config.yaml')
}

function configNotFound(path: string): BatchError {
  return runError(
    'CONFIG_INVALID',
    `Config file not found: ${path}`,
    'Correct the LLM_BATCH_CONFIG environment variable, or unset it.',
  )
}
