/**
 * Bundles the command into `dist/bin`: `llm.js`, and beside it a file for each part that is loaded only when wanted,
 * and `python-process.js`, the program of the processes that run Python.
 *
 * Finding and reading some 350 small files took more than half of the time of a short command. The library in
 * `dist/lib` is not bundled.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = 'dist/bin'
const optional = ['sqlite3']
// CommonJS behind `import()`: esbuild would give such a package's `default` only.
const lazyCommonJs = ['ajv/dist/2020.js', 'yaml', 'write-file-atomic']

rmSync(folder, { recursive: true, force: true })
const options = {
  outdir: folder,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The ES modules of a package before its CommonJS: esbuild leaves out what nobody uses of them.
  mainFields: ['module', 'main'],
  external: [...optional, ...lazyCommonJs],
  // Bundled CommonJS packages call `require` for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url)",
  },
  legalComments: 'inline',
  metafile: true,
  logLevel: 'warning',
}
const { metafile } = await build({ ...options, entryPoints: ['bin/llm.ts'], splitting: true })
// By itself, so that the command shares no files with it, and does not load more files for that.
await build({ ...options, entryPoints: ['bin/python-process.ts'] })
refuseLazyCommonJs(metafile)
chmodSync(join(folder, 'llm.js'), 0o755)
writeFileSync(join(folder, 'LICENSES.txt'), notices(Object.keys(metafile.inputs)))

await writeManPages()

/** Made of the same data as the help. */
async function writeManPages() {
  const { outputFiles } = await build({
    entryPoints: ['lib/cli/man-pages.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
  })
  const made = join(folder, 'man-pages.mjs')
  writeFileSync(made, outputFiles[0].contents)
  const { manPages } = await import(pathToFileURL(made).href)
  rmSync(made)
  mkdirSync('dist/man', { recursive: true })
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const [name, text] of manPages(version)) writeFileSync(join('dist/man', name), text)
}

function refuseLazyCommonJs({ inputs, outputs }) {
  const parts = Object.values(outputs).map(({ entryPoint }) => entryPoint)
  const refused = parts.filter(part => inputs[part]?.format === 'cjs')
  if (refused.length > 0) throw new Error(`Add to lazyCommonJs: ${refused.join(', ')}`)
}

/** The licences of the bundled packages; each asks to go with every copy of its code. */
function notices(inputs) {
  const packages = new Map()
  for (const input of inputs) {
    const [path] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? []
    if (path === undefined) continue
    const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    packages.set(`${name} ${version}`, `${name} ${version} (${license})\n\n${licenceText(path)}`)
  }
  const ruler = `\n${'-'.repeat(80)}\n\n`
  return [...packages.keys()]
    .sort()
    .map(name => packages.get(name))
    .join(ruler)
}

function licenceText(path) {
  const file = readdirSync(path).find(name => /^(licen[cs]e|copying)/i.test(name))
  return file === undefined ? '' : readFileSync(join(path, file), 'utf8')
}
