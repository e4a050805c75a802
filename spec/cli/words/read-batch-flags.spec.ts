import { commands } from '../../../lib/cli/command-list.js'
import { parseCommandLine } from '../../../lib/cli/words/parse-command-line.js'
import { readBatchFlags } from '../../../lib/cli/words/read-batch-flags.js'
import { parseBatchOptions } from '../../../lib/config/batch-options.js'

const optionsOf = (...words: string[]) => {
  const asked = parseCommandLine(['batch', 'rows.csv', ...words], commands)
  if (asked.kind !== 'run') throw new Error(asked.kind)
  return readBatchFlags(asked.given)
}

describe('readBatchFlags', () => {
  it.each([
    [
      ['--concurrency', 'many'],
      '--concurrency expects a whole number of 1 or more, or auto, got "many".',
    ],
    [
      ['--concurrency', '0'],
      '--concurrency expects a whole number of 1 or more, or auto, got "0".',
    ],
    [['--token-limit', '0'], '--token-limit expects a number more than 0, got "0".'],
    [['--rate-limit', '0'], '--rate-limit expects a number more than 0, got "0".'],
    [['--retries', '-1'], '--retries expects a whole number of 0 or more, got "-1".'],
    [['--timeout', '2m'], '--timeout expects a number more than 0, got "2m".'],
    [['--deadline', '0'], '--deadline expects a number more than 0, got "0".'],
    [['--cache-age', '7'], '--cache-age expects a number with a unit (s, m, h, d or w)'],
    [['--cache-age', '0d'], '--cache-age expects an age of more than 0, got 0d.'],
    [['--limit', '1.5'], '--limit expects a whole number of 0 or more, got "1.5".'],
    [
      ['--format', 'xml'],
      '--format expects one of csv, tsv, json, jsonl, text, openai-batch, xlsx, parquet, got "xml".',
    ],
    [['--format', 'constructor'], '--format expects one of'],
    [['--input-format', 'xls'], '--input-format expects one of'],
    [['--delimiter', ';;'], '--delimiter expects one character or tab, not a quote, got ";;".'],
    [['--delimiter', '"'], '--delimiter expects one character or tab'],
    [['--header-row', '0'], '--header-row expects a whole number of 1 or more, got "0".'],
    [['--encoding', 'ebcdic'], '--encoding expects an encoding such as windows-1252'],
    [['--bad-bytes', 'skip'], '--bad-bytes expects one of fail, replace, got "skip".'],
    [
      ['--batch-id', 'a b'],
      '--batch-id expects 1 to 64 letters, digits, dots, dashes or underscores',
    ],
    [['--batch-id', 'x'.repeat(65)], '--batch-id expects 1 to 64 letters'],
  ])('refuses %j', (words, message) => {
    expect(() => optionsOf(...words)).toThrow(message)
  })

  it('names the nearest format', () => {
    expect(() => optionsOf('--input-format', 'xls')).toThrow(
      expect.objectContaining({ remedy: 'Did you mean xlsx?' }),
    )
  })

  it('leaves out all that was not said, so that lower layers show through', () => {
    expect(Object.keys(optionsOf())).toEqual(['input'])
  })

  it('says all that can be said, in the words of the schema', () => {
    const options = optionsOf(
      ...['--output', 'out.csv', '--template', 'Hi {x}', '--system', 'Be kind', '--model', '4o'],
      ...['--key', 'work', '-o', 'temperature', '0.2', '-o', 'seed', '7', '-o', 'seed', '8'],
      ...['--concurrency', '3', '--rate-limit', '20.5', '--retries', '0', '--timeout', '1.5'],
      ...['--token-limit', '90000', '--share-limits'],
      ...['--sheet', 'Old reviews', '--max-unpacked', '800', '--max-reply', '12'],
      ...['--deadline', '60', '--format', 'NDJSON', '--input-format', 'txt', '--json-path', 'a.b'],
      ...['--delimiter', 'tab', '--header-row', '3', '--rename-duplicates'],
      ...['--encoding', 'latin1', '--bad-bytes', 'replace'],
      ...[
        '--response-column',
        'answer',
        '--formula-guard',
        '--unordered',
        '--overwrite',
        '--limit',
        '0',
      ],
      ...['--resume', '--batch-id', 'A-1_b.2', '--restart', '--only-new'],
      ...['--stop-on-error', '--no-fail-fast', '--accept-truncated', '--no-log', '-d', 'a.db'],
    )
    expect(options).toEqual({
      input: 'rows.csv',
      output: 'out.csv',
      template: 'Hi {x}',
      system: 'Be kind',
      model: '4o',
      key: 'work',
      options: { temperature: '0.2', seed: '8' },
      concurrency: 3,
      rateLimit: 20.5,
      tokenLimit: 90_000,
      shareLimits: true,
      retries: 0,
      timeoutMs: 1500,
      deadlineMs: 60_000,
      format: 'jsonl',
      inputFormat: 'text',
      jsonPath: 'a.b',
      delimiter: '\t',
      headerRow: 3,
      renameDuplicates: true,
      encoding: 'latin1',
      badBytes: 'replace',
      maxReplyMb: 12,
      sheet: 'Old reviews',
      maxUnpackedMb: 800,
      responseColumn: 'answer',
      formulaGuard: true,
      order: 'completion',
      overwrite: true,
      limit: 0,
      stopOnError: true,
      failFast: false,
      acceptTruncated: true,
      log: false,
      database: 'a.db',
      resume: true,
      batchId: 'A-1_b.2',
      restart: true,
      onlyNew: true,
    })
    expect(() => parseBatchOptions(options, 'command line')).not.toThrow()
  })

  it.each<[string[], object]>([
    [['--extract'], { extract: 'first' }],
    [['--no-extract'], { extract: 'none' }],
    [['--extract-last'], { extract: 'last' }],
    [['--no-extract-last'], { extract: 'none' }],
    [['--no-unordered'], { order: 'input' }],
    [['--error-column'], { errorColumn: 'error' }],
    [['--error-column=why'], { errorColumn: 'why' }],
    [['--delimiter', ';'], { delimiter: ';' }],
    [['--delimiter', '\\t'], { delimiter: '\t' }],
    [['--max-cost', '2.5'], { maxCostUsd: 2.5 }],
    [['--max-attachment', '9'], { maxAttachmentMb: 9 }],
    [['--concurrency', 'auto'], { concurrency: 'auto' }],
    [
      ['-a', 'a.png', '--at', 'b.bin', 'image/png', '--at', 'c', 'text/plain'],
      {
        attachments: [
          'a.png',
          { name: 'b.bin', type: 'image/png' },
          { name: 'c', type: 'text/plain' },
        ],
      },
    ],
    [['--at', 'b.bin', 'image/png'], { attachments: [{ name: 'b.bin', type: 'image/png' }] }],
  ])('reads %j', (words, options) => {
    expect(optionsOf(...words)).toEqual({ input: 'rows.csv', ...options })
  })

  it('takes several inputs, in their order', () => {
    expect(optionsOf('b.csv', '-m', 'echo', 'a.csv')).toEqual({
      input: ['rows.csv', 'b.csv', 'a.csv'],
      model: 'echo',
    })
  })

  it('proposes no format that is far from the word', () => {
    expect(() => optionsOf('--format', 'qqqqqqqq')).toThrow(
      expect.objectContaining({ code: 'USAGE_INVALID', remedy: undefined }),
    )
  })

  it('refuses a cap of nothing', () => {
    expect(() => optionsOf('--max-cost', '0')).toThrow('--max-cost expects a number more than 0')
  })
})
