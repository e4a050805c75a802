import base, { ofChildProcesses } from './jest.config.js'

/**
 * The specs that run in jest's own process: `make quick` runs most of them, `make coverage` all of them.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testPathIgnorePatterns: [...base.testPathIgnorePatterns, ...ofChildProcesses],
}
