/**
 * Checks the licences that the lock file has for every package that a user installs, and names those that are not in
 * the list. Reads no other file, so it works without a network and before anything is installed.
 */
import { readFileSync } from 'node:fs'

/** Licences that allow copies with the code of this package, under its own licence. */
const accepted = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
])

const { packages } = JSON.parse(readFileSync(process.argv[2] ?? 'package-lock.json', 'utf8'))
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev)
const refused = installed.filter(([, { license }]) => !isAccepted(license))

for (const [path, { version, license }] of refused) {
  console.error(`${path} ${version}: ${license ?? 'no licence'} is not in the list`)
}
console.log(`${installed.length} packages, ${refused.length} without an accepted licence`)
process.exitCode = refused.length > 0 || installed.length === 0 ? 1 : 0

/** Of several that are offered, one is enough. */
function isAccepted(license = '') {
  const offered = license.replace(/^\(|\)$/g, '').split(' OR ')
  return offered.some(each => each.split(' AND ').every(name => accepted.has(name)))
}
