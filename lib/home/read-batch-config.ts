import { type BatchConfig, parseBatchConfig } from '../config/parse-batch-config.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { readHomeText } from './home-file.js'
import type { Home } from './open-home.js'

/**
 * The settings for batches: the file that `LLM_BATCH_CONFIG` names, else `~/.llm/batch-config.yaml`, which may be absent.
 *
 * @throws {BatchError} CONFIG_INVALID when the named file is absent, or any of it is wrong; HOME_FILE_INVALID when it cannot be read.
 */
export async function readBatchConfig({ configPath, environment }: Home): Promise<BatchConfig> {
  const text = await readHomeText(configPath)
  if (text !== undefined) return parseBatchConfig(text, configPath)
  if (environment.LLM_BATCH_CONFIG) throw configNotFound(configPath)
  return { defaults: {}, rate_limits: {}, output: {} }
}

function configNotFound(path: string): BatchError {
  return runError(
    'CONFIG_INVALID',
    `Config file not found: ${path}`,
    'Correct the LLM_BATCH_CONFIG environment variable, or unset it.',
  )
}
