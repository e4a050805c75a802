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
  // Specs wait for servers and child processes more than they compute.
  maxWorkers: '100%',
  testTimeout: 120_000,
}
