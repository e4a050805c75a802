import { open } from 'node:fs/promises'
import { BatchError, runError } from '../../error/batch-error.js'
import { extraUnusable, loadExtra } from '../../extras/load-extra.js'
import type { Llama, LlamaModel, LlamaModule } from './llama-module.js'

/** The loaded weights of a GGUF file, and the engine that runs them. */
export interface LoadedGguf {
  readonly module: LlamaModule
  readonly llama: Llama
  readonly model: LlamaModel
}

const packageName = 'node-llama-cpp'

/**
 * Everything loaded stays loaded until the process ends, so that weights are read once for many
 * batches.
 */
let runtime: Promise<Pick<LoadedGguf, 'module' | 'llama'>> | undefined
const loaded = new Map<string, Promise<LoadedGguf>>()

/**
 * Loads a GGUF file, once a process. After a failure, the next call tries again.
 *
 * @param path absolute.
 * @throws {BatchError} DEPENDENCY_MISSING without node-llama-cpp, MODEL_UNUSABLE for a file that is
 * not a GGUF file; reach run.
 */
export function loadGguf(
  path: string,
  importModule: () => Promise<LlamaModule> = () => loadExtra('gguf', packageName),
): Promise<LoadedGguf> {
  const known = loaded.get(path)
  if (known !== undefined) return known
  const loading = load(path, importModule)
  loaded.set(path, loading)
  loading.catch(() => loaded.delete(path))
  return loading
}

async function load(path: string, importModule: () => Promise<LlamaModule>): Promise<LoadedGguf> {
  await checkGgufFile(path)
  runtime ??= start(importModule)
  const { module, llama } = await runtime.catch(error => {
    runtime = undefined
    throw error
  })
  try {
    return { module, llama, model: await llama.loadModel({ modelPath: path }) }
  } catch (error) {
    throw ggufUnusable(path, reasonOf(error))
  }
}

async function start(
  importModule: () => Promise<LlamaModule>,
): Promise<Pick<LoadedGguf, 'module' | 'llama'>> {
  const module = await importModule()
  try {
    // `never`: the library would download and compile sources in the middle of a batch.
    const options = { gpu: 'auto', build: 'never', logLevel: 'error', logger: () => {} } as const
    return { module, llama: await module.getLlama(options) }
  } catch (error) {
    throw extraUnusable('gguf', packageName, error)
  }
}

/**
 * Checks that a file is a GGUF file, by its first four bytes.
 *
 * @throws {BatchError} MODEL_UNUSABLE, reach run.
 */
export async function checkGgufFile(path: string): Promise<void> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw ggufMissing(path)
    throw ggufUnusable(path, reasonOf(error))
  })
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    if (buffer.toString('latin1') !== 'GGUF') throw ggufUnusable(path, 'it is not a GGUF file')
  } catch (error) {
    if (BatchError.isInstance(error)) throw error
    throw ggufUnusable(path, reasonOf(error))
  } finally {
    await file.close()
  }
}

function ggufMissing(path: string): BatchError {
  return runError(
    'MODEL_UNUSABLE',
    `Model file not found: ${path}`,
    'Check the path, or get a small model with `llm models pull smollm2`.',
  )
}

function ggufUnusable(path: string, reason: string): BatchError {
  return runError(
    'MODEL_UNUSABLE',
    `The model ${path} cannot be used: ${reason}`,
    'Use a whole GGUF file of a text model. Download the file again.',
  )
}

function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown }
  return typeof message === 'string' ? (message.split('\n')[0] ?? '') : String(error)
}
