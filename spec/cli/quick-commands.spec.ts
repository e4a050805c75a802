import { dirname, join } from 'node:path/posix'
import { readSources } from '../support/house.js'
import { readModule } from '../support/read-module.js'

// The configuration may name the database, so its reader comes in late, with types of the options.
const heavy = /^(@ai-sdk\/|undici|csv-|stream-|saxes|yauzl|ora$)/

/**
 * Packages that a file of ours brings in, itself or through others, types and late imports counted
 * too.
 */
function packagesOf(file: string, sources: ReadonlyMap<string, string>): Set<string> {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const name of readModule(sources.get(path) ?? '').imports) {
      if (name === undefined) continue
      if (name.startsWith('.')) visit(join(dirname(path), name).replace(/\.js$/, '.ts'))
      else packages.add(name)
    }
  }
  visit(file)
  return packages
}

describe('looking at batches', () => {
  it.each(['batch-list', 'batch-status', 'batch-cancel', 'batch-remove'])(
    'loads no model, no reader of files and no schema for %s',
    async name => {
      const sources = await readSources(process.cwd(), ['lib'])
      const packages = packagesOf(`lib/cli/command/${name}.ts`, sources)
      expect([...packages].filter(found => heavy.test(found))).toEqual([])
      expect([...packages]).toContain('sqlite3')
    },
  )
})
