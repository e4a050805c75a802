import { runError } from '../../error/batch-error.js'

/**
 * Imports an optional package.
 *
 * @param release name and version for npm.
 * @throws {BatchError} DEPENDENCY_MISSING, reach `run`, if the package is not installed.
 */
export function importOptional<T>(load: () => Promise<T>, release: string): Promise<T> {
  return load().catch(cause => {
    const name = release.slice(0, release.lastIndexOf('@'))
    throw runError(
      'DEPENDENCY_MISSING',
      `Reading .xlsx needs the package ${name}, which is not installed`,
      `npm install ${release}`,
      cause,
    )
  })
}
