/**
 * Prints the count of the specs from jest's JSON result, alone on a line: `N passed, N failed, N skipped`.
 *
 * A spec file that could not be run at all counts as one failed, and so does a missing result.
 * Exits with 1 when a spec or a step before failed, or when nothing passed.
 */
import { readFileSync } from 'node:fs'

const [resultsPath, failedSteps] = process.argv.slice(2)
const results = readResults(resultsPath)
const passed = results.numPassedTests
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
const skipped = results.numPendingTests + results.numTodoTests

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || passed === 0 || Number(failedSteps) > 0 ? 1 : 0

function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {
      numPassedTests: 0,
      numFailedTests: 1,
      numRuntimeErrorTestSuites: 0,
      numPendingTests: 0,
      numTodoTests: 0,
    }
  }
}
