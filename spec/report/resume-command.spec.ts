import { inputName } from '../../lib/config/input-name.js'
import { resumeCommand, shownInputs, shownPath } from '../../lib/report/resume-command.js'

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

  it.each([
    [20, '20'],
    [1_000_000, '1000000'],
    [0.0000001, '0.0000001'],
    [1e21, '1000000000000000000000'],
  ])('writes a cap of %d dollars without an exponent', (maxCostUsd, word) => {
    expect(resumeCommand({ ...batch, inputPath: '-', maxCostUsd })).toBe(
      `llm batch - --resume --batch-id reviews-k3x9qd --max-cost ${word}`,
    )
  })

  it.each([
    ['llm-batch', 'llm-batch -'],
    ['llm', 'llm batch -'],
    [undefined, 'llm batch -'],
  ])('begins with the name of the program: %s', (program, words) => {
    const command = resumeCommand({ ...batch, inputPath: '-', program })
    expect(command).toBe(`${words} --resume --batch-id reviews-k3x9qd`)
  })
})

describe('shownPath', () => {
  it.each([
    ['/home/ada/a/b.csv', '/home/ada', 'a/b.csv'],
    ['/home/ada', '/home/ada', '/home/ada'],
    ['/home/eve/b.csv', '/home/ada', '/home/eve/b.csv'],
    ['https://example.org/b.csv', '/home/ada', 'https://example.org/b.csv'],
    ['/home/ada/b.csv', 'ada', '/home/ada/b.csv'],
  ])('shows %s in %s as %s', (path, folder, shown) => {
    expect(shownPath(path, folder)).toBe(shown)
  })
})

describe('shownInputs', () => {
  it.each([
    [['/home/ada/a.csv'], 'a.csv'],
    [['/home/ada/a.csv', '-', '/data/c.csv'], 'a.csv, standard input, /data/c.csv'],
    [['/d/1', '/d/2', '/d/3', '/d/4', '/d/5'], '/d/1, /d/2, /d/3 and 2 more'],
  ])('shows %j as %s', (inputs, shown) => {
    expect(shownInputs(inputName(inputs), '/home/ada')).toBe(shown)
  })
})
