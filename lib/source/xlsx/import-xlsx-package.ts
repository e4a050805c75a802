import { runError } from '../../error/batch-error.js'

/**
 * Imports a package that is needed for workbooks only, and need not be installed.
 *
 * @param release name and version for npm.
 * @throws {BatchError} DEPENDENCY_MISSING, reach `run`, if the package is not installed.
 */
export function importXlsxPackage<T>(load: () => Promise<T>, release: string): Promise<T> {
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
