import { batchUnknown, chooseResumable } from '../../../lib/plan/batch/choose-resumable.js'
import { makeStoredBatch } from '../../cli/make-stored-batch.js'

const inputFile = '/home/ada/reviews.csv'
const paused = makeStoredBatch({ id: 'paused-1', status: 'paused' })
const failed = makeStoredBatch({ id: 'failed-1', status: 'failed' })
const done = makeStoredBatch({ id: 'done-1', status: 'completed' })
const elsewhere = makeStoredBatch({ id: 'else-1', status: 'paused', outputFile: '/data/x.csv' })
const piped = makeStoredBatch({ id: 'piped-1', status: 'paused', outputFile: undefined })
const large = makeStoredBatch({ id: 'large-1', status: 'failed', model: 'gpt-4o' })
const other = makeStoredBatch({ id: 'other-1', status: 'paused', inputFile: '/data/in.csv' })

describe('chooseResumable', () => {
  it.each([
    ['the newest unfinished one', [done, paused, failed], {}, 'paused-1'],
    ['the newest completed one, if all are', [done, { ...done, id: 'done-0' }], {}, 'done-1'],
    ['one of the same input alone', [other, failed], {}, 'failed-1'],
    ['one of the same output alone', [paused, elsewhere], { outputFile: '/data/x.csv' }, 'else-1'],
    ['one to standard output', [paused, piped], { outputFile: '-' }, 'piped-1'],
    [
      'the one with the id, whatever it is',
      [paused, done, other],
      { batchId: 'other-1' },
      'other-1',
    ],
  ])('takes %s', (_, batches, said, id) => {
    expect(chooseResumable({ batches, inputFile, ...said }).id).toBe(id)
  })

  it.each([
    ['outputs', elsewhere, 'else-1 (paused, gpt-4o-mini, /home/ada/reviews.csv to /data/x.csv)'],
    ['models', large, 'large-1 (failed, gpt-4o, /home/ada/reviews.csv to /home/ada/out.csv)'],
    [
      'outputs, one of them standard output',
      piped,
      'piped-1 (paused, gpt-4o-mini, /home/ada/reviews.csv to standard output)',
    ],
  ])('does not choose between unfinished batches with other %s', (_, second, line) => {
    const choose = () => chooseResumable({ batches: [paused, done, second], inputFile })
    expect(choose).toThrow(
      expect.objectContaining({
        code: 'BATCH_AMBIGUOUS',
        message: `Several unfinished batches of ${inputFile} differ`,
        remedy:
          'Name one with --batch-id: paused-1 (paused, gpt-4o-mini, ' +
          `/home/ada/reviews.csv to /home/ada/out.csv); ${line}.`,
      }),
    )
  })

  it.each([
    ['no batch', [], ''],
    [
      'others alone',
      [other],
      ' Recorded batches: other-1 (paused, gpt-4o-mini, /data/in.csv to /home/ada/out.csv).',
    ],
  ])('finds nothing to resume among %s', (_, batches, named) => {
    expect(() => chooseResumable({ batches, inputFile })).toThrow(
      expect.objectContaining({
        code: 'BATCH_UNKNOWN',
        remedy: `Run without --resume to start one.${named}`,
      }),
    )
  })

  it('names near ids for one that is unknown', () => {
    const choose = () => chooseResumable({ batches: [paused], batchId: 'pausd-1', inputFile })
    expect(choose).toThrow(expect.objectContaining({ remedy: 'Did you mean paused-1?' }))
    expect(batchUnknown('zzz', [paused]).remedy).toBe('See `llm batch list`.')
  })
})
