import { resumeCommand } from '../../lib/report/resume-command.js'

const batch = { batchId: 'reviews-k3x9qd', workingDirectory: '/home/ada' }

describe('resumeCommand', () => {
  it('names the input as it is named in the folder, and the batch', () => {
    expect(resumeCommand({ ...batch, inputPath: '/home/ada/reviews.csv' })).toBe(
      'llm batch reviews.csv --resume --batch-id reviews-k3x9qd',
    )
    expect(resumeCommand({ ...batch, inputPath: '/data/reviews.csv' })).toBe(
      'llm batch /data/reviews.csv --resume --batch-id reviews-k3x9qd',
    )
    expect(resumeCommand({ batchId: 'x', inputPath: '/data/a.csv' })).toBe(
      'llm batch /data/a.csv --resume --batch-id x',
    )
  })

  it.each([
    ['/home/ada/list', './list'],
    ['/home/ada/-odd.csv', './-odd.csv'],
    ["/home/ada/it's mine.csv", "'it'\\''s mine.csv'"],
    ['/home/ada/..odd/x.csv', '/home/ada/..odd/x.csv'],
    ['-', '-'],
  ])('writes the input %s so that it is read as a file', (inputPath, word) => {
    expect(resumeCommand({ ...batch, inputPath })).toBe(
      `llm batch ${word} --resume --batch-id reviews-k3x9qd`,
    )
  })

  it('names the database when it is not the usual one', () => {
    expect(resumeCommand({ ...batch, inputPath: '-', database: '/data/my logs.db' })).toBe(
      "llm batch - --resume --batch-id reviews-k3x9qd -d '/data/my logs.db'",
    )
  })
})
