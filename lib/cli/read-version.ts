import { readFile } from 'node:fs/promises'

/**
 * The version of this package, from the package.json above this file: source, compiled, or bundled.
 */
export async function readVersion(): Promise<string> {
  for (const above of ['../../package.json', '../../../package.json']) {
    const text = await readFile(new URL(above, import.meta.url), 'utf8').catch(() => '{}')
    const { name, version } = JSON.parse(text) as { name?: string; version?: string }
    if (name === 'llm-batch' && version !== undefined) return version
  }
  throw new Error('package.json of llm-batch is not where it should be')
}
