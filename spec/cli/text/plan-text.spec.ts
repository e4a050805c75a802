import { planText, resumedText } from '../../../lib/cli/text/plan-text.js'
import { BatchError } from '../../../lib/error/batch-error.js'
import type { Message } from '../../../lib/row/message.js'
import type { Failed } from '../../../lib/row/outcome.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import type { Plan } from '../../../lib/run/plan.js'
import { makeStoredBatch } from '../make-stored-batch.js'

const plan = {
  batchId: 'rows-abc123',
  inputPath: '/data/rows.csv',
  inputFiles: ['/data/rows.csv'],
  inputFormat: 'csv',
  columns: ['name', 'age'],
  outputPath: undefined,
  outputFormat: 'jsonl',
  modelId: 'gpt-4o-mini',
  provider: 'OpenAI',
  price: { kind: 'priced', basis: 'a list price', costUsd: () => 1 },
  rateLimit: 60,
  concurrency: 3,
  databasePath: '/llm/logs.db',
  isLogged: true,
  warnings: [],
} as Partial<Plan> as Plan
const row = { kind: 'row', index: 0, columns: {} } as const
const prompt: Prompt = {
  kind: 'prompt',
  row,
  text: 'Greet Ada\nnow',
  fragments: [],
  options: {},
  hash: '',
}

describe('planText', () => {
  it('shows a row that would fail, and leaves nothing in that a terminal would obey', () => {
    const error = new BatchError('no\u001b[2J name', { code: 'COLUMN_MISSING', reach: 'row' })
    const failed: Failed = { kind: 'failed', row: { ...row, index: 1 }, error, attempts: 0 }
    const hostile = { ...prompt, text: 'a\u001b]0;x\u0007b', system: 'be\rkind' }
    const text = planText({ ...plan, columns: ['a\u001b[31m'] }, [hostile, failed])
    expect(text).toContain('Row 1:\n  System:\n    be\n    kind\n  Prompt:\n    ab\n')
    expect(text).toContain('Row 2 would fail: no name')
    expect(text).toContain('columns      a\n')
  })

  it('shows all that was decided, then the prompts as the model would get them', () => {
    const withFragment = { ...prompt, fragments: [{ hash: 'x', content: 'Style guide' }] }
    expect(planText(plan, [prompt, { ...withFragment, row: { ...row, index: 1 } }])).toBe(
      `Dry run: nothing is called, nothing is written.

  input        /data/rows.csv (csv)
  columns      name, age
  model        gpt-4o-mini (OpenAI)
  price        a list price
  pace         3 calls at once, 60 a minute
  output       standard output (jsonl)
  database     /llm/logs.db

Row 1:
    Greet Ada
    now

Row 2:
    Style guide
    Greet Ada
    now
`,
    )
  })

  it('shows every message that a row gives', () => {
    const messages: readonly Message[] = [
      { role: 'system', parts: [{ kind: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { kind: 'text', text: 'What\nis it?' },
          { kind: 'image', url: 'https://example.com/a.png' },
          { kind: 'image', url: 'data:image/png;base64,AAAA' },
          { kind: 'foreign', name: 'input_audio' },
        ],
      },
    ]

    expect(planText(plan, [{ ...prompt, messages }])).toContain(`Row 1:
  System:
    Be brief.
  User:
    What
    is it?
    [image https://example.com/a.png]
    [image in the message]
    [input_audio]
`)
  })

  it('says that the input is a pipe, empty, unlimited and unlogged, when it is', () => {
    const bare = {
      ...plan,
      inputPath: '-',
      inputFiles: ['-'],
      rateLimit: undefined,
      concurrency: 1,
      isLogged: false,
    }
    const text = planText(bare, [])
    expect(text).toContain('standard input (csv)')
    expect(text).toContain('1 call at once, no rate limit')
    expect(text).toContain("/llm/logs.db (llm's log left alone)")
    expect(text).toContain('The input has no rows.')
  })

  it('says which limits there are, and whether others share them', () => {
    const limits = { concurrency: 3, rateLimit: 1_200, tokenLimit: 90_000, shareLimits: true }
    expect(planText({ ...plan, ...limits }, [])).toContain(
      '3 calls at once, 1,200 a minute, 90,000 tokens a minute, shared with other processes',
    )
  })

  it('shows attachments, reuse, the cap, all limits, and the messages of a row', () => {
    const file = { id: 'a', type: 'image/png', path: '/data/a.png', loadedBytes: 5_000 } as const
    const sent = {
      id: 'b',
      type: 'image/png',
      url: 'https://x.test/b.png',
      loadedBytes: 0,
    } as const
    const fetched = { ...sent, url: 'https://x.test/c.pdf', loadedBytes: 9_000 }
    const shown = planText(
      {
        ...plan,
        inputPath: '-',
        inputFiles: ['-'],
        isConcurrencyAuto: true,
        tokenLimit: 90_000,
        rateLimit: undefined,
        shareLimits: true,
        isDeduping: true,
        cacheAgeMs: 86_400_000,
        costLimit: { maxCostUsd: 2, worstCallUsd: () => 1 },
        attachments: { shared: [file, sent, fetched], column: 'photo' },
        isLogged: false,
      } as unknown as Plan,
      [
        { ...prompt, attachments: [file] } as Prompt,
        {
          ...prompt,
          messages: [
            { role: 'user', parts: [{ kind: 'text', text: 'Look' }] },
            { role: 'user', parts: [{ kind: 'image', url: 'data:image/png;base64,AA' }] },
            { role: 'user', parts: [{ kind: 'image', url: 'https://x.test/b.png' }] },
            { role: 'assistant', parts: [{ kind: 'foreign', name: 'tool_calls' }] },
          ],
        },
      ],
    )
    for (const part of [
      ...['standard input (csv)', 'shared with other processes', '90,000', 'equal prompts'],
      ...['of at most', 'at most $2.00', 'sent as URL', 'fetched', '5 KB', 'column photo'],
      ...["(llm's log left alone)", '  Attachments:', '[image in the message]', '[tool_calls]'],
      ...['[image https://x.test/b.png]', '  Assistant:'],
    ]) {
      expect(shown).toContain(part)
    }
    const always = { ...plan, cacheAgeMs: Number.POSITIVE_INFINITY } as Plan
    expect(planText(always, [])).toContain('answers of other batches are used')
  })

  const files = (count: number) => Array.from({ length: count }, (_, index) => `${index}.csv`)
  const specs = [{ name: 'look_up' }, { name: 'add' }]
  const shared = [{ id: 'a', type: 'image/png', path: 'a.png', loadedBytes: 1 }]

  it.each<[string, object, string]>([
    [
      'a sheet',
      { inputSheet: 'Q "1"' },
      '  input        /data/rows.csv (csv, sheet "Q \\"1\\"")\n  c',
    ],
    [
      'several files',
      { inputFiles: ['a.csv', '-'] },
      '  inputs       2 files (csv)\n               a.csv\n               standard input\n  c',
    ],
    ['no file more than five', { inputFiles: files(5) }, '4.csv\n  columns'],
    [
      'how many files more',
      { inputFiles: files(7) },
      '4.csv\n               and 2 more\n  columns',
    ],
    ['tools', { tools: { specs, chainLimit: 5 } }, 'look_up, add; at most 5 calls of the model'],
    [
      'a chain without an end',
      { tools: { specs, chainLimit: 0 } },
      '; any number of calls of the m',
    ],
    [
      'attachments of all rows alone',
      { attachments: { shared, column: undefined } },
      'a.png (image/png, 1 KB); ',
    ],
    ['equal prompts alone', { isDeduping: true }, '  reuse        equal prompts are asked once\n'],
    ['a file for the output', { outputPath: 'o.csv' }, '  output       o.csv (jsonl)\n'],
  ])('shows %s', (_what, change, shown) => {
    expect(planText({ ...plan, ...change } as Plan, [])).toContain(shown)
  })
})

describe('resumedText', () => {
  it.each([
    ['a new batch', undefined, ''],
    [
      'a paused batch',
      makeStoredBatch({ status: 'paused' }),
      'Resuming batch reviews-k3x9qd: 1,200 answered, 34 failed so far.\n',
    ],
    [
      'a completed batch',
      makeStoredBatch({ status: 'completed' }),
      'Batch reviews-k3x9qd is completed: 1,200 answered. Only new and changed rows are asked.\n',
    ],
  ])('of %s', (_what, before, text) => expect(resumedText(before)).toBe(text))
})
