import { outputLeft } from '../../lib/run/output-left.js'

const written: Parameters<typeof outputLeft>[0] = { rowsWritten: () => 3 }
const run = { rowsOfRun: 3, isMoreRecorded: false }

describe('outputLeft', () => {
  it.each([
    ['all', 'every row of the run is in it', written, run],
    ['part', 'rows of the run are missing', written, { ...run, rowsOfRun: 21 }],
    ['part', 'earlier runs recorded more', written, { ...run, isMoreRecorded: true }],
    ['part', 'a reader has not taken all', { ...written, isTaken: () => false }, run],
    ['as-before', 'the old one was not replaced', { ...written, isInPlace: () => false }, run],
    ['none', 'it was removed', { ...written, isGone: () => true, isInPlace: () => false }, run],
  ])('is %s when %s', (left, _how, sink, options) => {
    expect(outputLeft(sink, options)).toBe(left)
  })
})
