import { isFinished } from '../../lib/api/is-finished.js'
import { parseBatchOptions } from '../../lib/config/batch-options.js'
import { makeStoredBatch } from '../cli/make-stored-batch.js'

const options = parseBatchOptions({ input: '/in.csv', resume: true }, 'spec')
const recorded = (inputFile: string, log = true) =>
  makeStoredBatch({ status: 'completed', inputFile, config: JSON.stringify({ log }) })

describe('isFinished', () => {
  it('finds nothing left to ask in a completed batch of a file', () => {
    expect(isFinished(recorded('/in.csv'), options)).toBe(true)
    expect(isFinished({ ...recorded('/in.csv'), status: 'paused' }, options)).toBe(false)
    expect(isFinished(undefined, options)).toBe(false)
  })

  it('reads another input, which may have other rows', () => {
    expect(isFinished(recorded('/other.csv'), options)).toBe(false)
  })

  it('goes on with a completed batch when failed rows are to be asked again', () => {
    expect(isFinished(recorded('/in.csv'), { ...options, retryFailed: true })).toBe(false)
  })

  it('goes on beyond the limit that a batch was begun with, and not short of it', () => {
    const limited = { ...recorded('/in.csv'), config: JSON.stringify({ limit: 10 }) }

    expect(isFinished(limited, { ...options, limit: 11 })).toBe(false)
    expect(isFinished(limited, { ...options, limit: 10 })).toBe(true)
    expect(isFinished(recorded('/in.csv'), { ...options, limit: 11 })).toBe(true)
  })

  it('reads standard input again, which may have new rows, unless the answers to the old ones are gone', () => {
    const piped = { ...options, input: '-' }

    expect(isFinished(recorded('-'), piped)).toBe(false)
    expect(isFinished(recorded('-', false), piped)).toBe(true)
  })
})
