import { type BatchConfig, emptyBatchConfig, type Rule } from '../config/batch-config.js'
import { type BatchError, runError } from '../error/batch-error.js'
import { readHomeText } from './home-file.js'
import type { Home } from './open-home.js'

/**
 * Reads the settings for batches from the file that `LLM_BATCH_CONFIG` names, else from
 * `~/.llm/batch-config.yaml`, which need not exist.
 *
 * @param options what may stand under `defaults` besides: the options of the command.
 * @throws {BatchError} CONFIG_INVALID if the named file does not exist, or has a wrong setting;
 * HOME_FILE_INVALID if the file cannot be read.
 */
export async function readBatchConfig(
  { configPath, environment }: Home,
  options: Readonly<Record<string, Rule>> = {},
): Promise<BatchConfig> {
  const text = await readHomeText(configPath)
  if (text !== undefined) {
    // Looking at batches must not wait for a reader of YAML that it does not need.
    const { parseBatchConfig } = await import('../config/parse-batch-config.js')
    return parseBatchConfig(text, configPath, options)
  }
  if (environment.LLM_BATCH_CONFIG) throw configNotFound(configPath)
  return emptyBatchConfig
}

function configNotFound(path: string): BatchError {
  return runError(
    'CONFIG_INVALID',
    `Config file not found: ${path}`,
    'Correct the LLM_BATCH_CONFIG environment variable, or unset it.',
  )
}
