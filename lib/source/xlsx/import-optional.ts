import { runError } from '../../error/batch-error.js'

/**
 * A package that few need, where it is needed.
 *
 * @param release name and version, as npm takes them.
 * @throws {BatchError} DEPENDENCY_MISSING, reach `run`, when it is not installed.
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
