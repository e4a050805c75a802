import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/**
 * Specs that run the built command in child processes. They would add nothing to the coverage, and leave closing to
 * those processes.
 */
export const ofChildProcesses = [
  '/spec/(command|interop|model-run|fault-injection|fuzz)/',
  '/spec/(readme|samples|security)\\.spec\\.ts$',
]

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/spec/bench/'],
  extensionsToTreatAsEsm: ['.ts'],
  // Sources import `./x.js`, as Node wants it; under jest the file is still `x.ts`.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  // A fifth of the time, a worker waits for servers and child processes.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testTimeout: 120_000,
  // ES modules under jest stay in memory, and a worker with gigabytes is slow.
  workerIdleMemoryLimit: '1000MB',
  globals: { ofChildProcesses },
  setupFilesAfterEnv: ['<rootDir>/spec/support/leave-nothing-open.ts'],
  collectCoverageFrom: [
    'lib/**/*.ts',
    // These files need node-llama-cpp, a GGUF file or Node 24. Without them the floor is the same on every machine.
    '!lib/model/gguf/{gguf-client,gguf-settings,load-gguf}.ts',
    '!lib/store/database/node-sqlite-connection.ts',
    // Python runs in processes of its own, and only where its package is installed.
    '!lib/tool/python/{open-python,python-value-text,run-python,start-python}.ts',
    // The built command tries a batch and an estimate on a terminal, and llm's own commands, beside Python's llm.
    '!lib/cli/hand-over.ts',
    '!lib/cli/command/{batch-estimate,batch-run,models}.ts',
    '!lib/cli/command/{llm-files,logs}/*.ts',
    '!lib/cli/text/{model-text,python-columns}.ts',
    '!lib/cli/text/log/*.ts',
    '!lib/host/{find-other-llm,open-terminal,run-program}.ts',
    '!lib/row/python-*.ts',
    '!lib/store/read-log/*.ts',
  ],
  // With `v8` the same specs take more than twice as long.
  coverageProvider: 'babel',
  coverageDirectory: '.cache/coverage',
  coverageReporters: ['json-summary', 'html'],
  coverageThreshold: { global: JSON.parse(readFileSync('.ci/coverage-floor.json', 'utf8')) },
}
