import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface Workdir {
  readonly path: string
  readonly join: (...parts: string[]) => string
  /** Writes a file below it, with its folders, and gives the absolute path. */
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>
  readonly read: (name: string) => Promise<string>
  readonly remove: () => Promise<void>
}

/** A fresh temporary folder; `remove` it in `afterEach`. */
export async function makeWorkdir(): Promise<Workdir> {
  const path = await mkdtemp(join(tmpdir(), 'llm-batch-spec-'))
  return {
    path,
    join: (...parts) => join(path, ...parts),
    async write(name, content) {
      const file = join(path, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
      return file
    },
    read: name => readFile(join(path, name), 'utf8'),
    // A shell that was tried may still be writing its caches.
    remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  }
}
