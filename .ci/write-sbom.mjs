/**
 * Prints the bill of materials, as CycloneDX, of all that a user installs, by the lock file alone.
 *
 * Of `npm sbom --omit dev` packages are missing that a package for development needs as well (npm 11.19), so npm is
 * given a copy of the lock file that has no packages for development.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'llm-batch-sbom-'))
try {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  for (const [path, { dev }] of Object.entries(lock.packages)) if (dev) delete lock.packages[path]
  delete lock.packages[''].devDependencies
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  delete manifest.devDependencies
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock))
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const words = ['sbom', '--offline', '--package-lock-only', '--sbom-format', 'cyclonedx']
  execFileSync('npm', words, { cwd: folder, stdio: 'inherit' })
} finally {
  rmSync(folder, { recursive: true })
}
