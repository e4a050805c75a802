import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the program is from this file: in the bundled command, in the library, in the sources. */
const places = [
  './python-process.js',
  '../../../bin/python-process.js',
  '../../../dist/bin/python-process.js',
]

/** The path of `bin/python-process.ts`, built. */
export function pythonProgram(): string {
  const paths = places.map(place => fileURLToPath(new URL(place, import.meta.url)))
  const found = paths.find(path => existsSync(path))
  if (found === undefined)
    throw new Error('python-process.js of llm-batch is not where it should be')
  return found
}
