import fc from 'fast-check'
import { commands } from '../../lib/cli/command-list.js'
import { parseCommandLine } from '../../lib/cli/words/parse-command-line.js'
import { readBatchFlags } from '../../lib/cli/words/read-batch-flags.js'
import { parseBatchOptions } from '../../lib/config/batch-options.js'
import { parseAge } from '../../lib/config/parse-age.js'
import { parseBatchConfig } from '../../lib/config/parse-batch-config.js'
import { findSavedTemplate } from '../../lib/home/find-saved-template.js'
import { readAliases } from '../../lib/home/read-aliases.js'
import { readExtraModels } from '../../lib/home/read-extra-models.js'
import { readKeys } from '../../lib/home/stored-keys.js'
import { checkTemplate } from '../../lib/template/check-template.js'
import { parseDollarTemplate } from '../../lib/template/parse-dollar-template.js'
import { parseTemplate } from '../../lib/template/parse-template.js'
import { renderTemplate } from '../../lib/template/render-template.js'
import { splitFragments } from '../../lib/template/split-fragments.js'
import { parseReset } from '../../lib/throttle/parse-duration.js'
import {
  hasLimitOfZero,
  parseRateLimits,
  usedUpResetMs,
} from '../../lib/throttle/parse-rate-limits.js'
import { retryAfterMs } from '../../lib/throttle/parse-retry-after.js'
import { runInProcess } from '../cli/run-in-process.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { holdForAll, seed } from './hold-for-all.js'
import { mutated, mutatedText } from './mutations.js'

const columns = fc.dictionary(
  fc.oneof(fc.constantFrom('id', 'text', 'a.b', '__proto__', ''), mutatedText(['Review Text'])),
  fc.oneof(mutatedText(['a value']), fc.jsonValue() as fc.Arbitrary<any>),
)

const templates = [
  'Sentiment of {text}: {{"a": {id}}} {customer.plan} {Review Text}',
  `!fragment a.txt !fragment "b c"\nSay $text, \${id} for $$5`,
  `${'{'.repeat(300)}text${'}'.repeat(300)}`,
  '{'.repeat(20_000),
  '!fragment a '.repeat(300),
]

describe(`what a user wrote, mutated (seed ${seed})`, () => {
  let folder: Workdir
  beforeAll(async () => {
    folder = await makeWorkdir()
  })
  afterAll(() => folder.remove())

  it.each([
    ['in braces', parseTemplate],
    ['in dollars', parseDollarTemplate],
  ])(
    'is a prompt or a clear error: a template %s',
    async (_how, parse) => {
      await holdForAll(fc.tuple(mutatedText(templates), columns), 150, ([text, row]) => {
        const template = parse(splitFragments(text).text)
        const rendered = renderTemplate(template, row)
        expect(typeof rendered).toBe('string')
        checkTemplate(template, Object.keys(row))
      })
    },
    3_600_000,
  )

  it('is a text as it stands, where nothing is asked for', async () => {
    const plain = mutatedText(['Say something, é 😀']).filter(text => !/[{}$!]/.test(text))
    await holdForAll(plain, 100, text => {
      expect(renderTemplate(parseTemplate(text), {})).toBe(text)
      expect(renderTemplate(parseDollarTemplate(text), {})).toBe(text)
    })
  }, 3_600_000)

  it('is a configuration or a clear error', async () => {
    const config = mutatedText([
      'defaults: { concurrency: 3, rate_limit: 20, model: gpt-4o-mini, resume_on_failure: true }\nrate_limits: { gpt-4o: 30 }\noutput: { format: json, save_to_logs: true }\n',
      'defaults: &a\n  concurrency: 3\nrate_limits: *a\n',
      'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n',
    ])
    await holdForAll(config, 150, text => parseBatchConfig(text, 'batch-config.yaml'))
  }, 3_600_000)

  it.each<[string, string, readonly string[], (path: string) => Promise<unknown>]>([
    ['keys', 'keys.json', ['{"openai": "sk-x", "// Note": "y"}'], readKeys],
    ['aliases', 'aliases.json', ['{"fast": "gpt-4o-mini"}'], readAliases],
    [
      'models',
      'extra-openai-models.yaml',
      [
        '- model_id: x\n  model_name: y\n  api_base: "http://a/v1"\n  headers: {a: b}\n  aliases: [z]\n',
      ],
      readExtraModels,
    ],
    [
      'a template',
      'templates/a.yaml',
      [
        'model: m\nprompt: "Say $input"\nsystem: s\ndefaults: {a: 1}\noptions: {temperature: 0.2}\n',
        'prompt: a\nschema_object: {type: object}\n',
      ],
      path => findSavedTemplate(path, 'a'),
    ],
  ])(
    'is read or refused clearly: the file of %s',
    async (_what, name, samples, read) => {
      await holdForAll(mutated(samples), 80, async bytes => {
        await folder.write(name, bytes)
        await read(folder.path)
      })
    },
    3_600_000,
  )

  it('is a command or a clear error: the words of a command line', async () => {
    const flags = commands.flatMap(({ flagGroups }) => flagGroups.flatMap(group => group.flags))
    const names = flags.flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])])
    const word = fc.oneof(
      fc.constantFrom(...names, ...commands.flatMap(({ words }) => words.split(' '))),
      mutatedText([...names, 'in.csv', '-o', '--', '--limit=3', '3', '0.5', '1e3', 'id', '30d']),
    )
    await holdForAll(fc.array(word, { maxLength: 8 }), 400, words => {
      const asked = parseCommandLine(['batch', 'in.csv', ...words], commands)
      if (asked.kind === 'run' && asked.command.words === 'batch') {
        parseBatchOptions(readBatchFlags(asked.given), 'The options')
      }
      parseCommandLine(words, commands)
    })
    await holdForAll(mutatedText(['30d', '12h', '1.5w']), 100, text =>
      parseAge(text, { name: '--older-than' }),
    )
  }, 3_600_000)

  it('ends with an exit code and a message: a whole command', async () => {
    const looking = [
      'batch list',
      'batch status',
      'batch errors',
      'models',
      'keys',
      'keys path',
      'aliases',
    ]
    const words = fc.tuple(
      fc.constantFrom(...looking),
      fc.array(mutatedText(['x', '--json', '-q', '--status=paused', '-d', 'y']), { maxLength: 3 }),
    )
    await holdForAll(words, 60, async ([command, more]) => {
      const { code, error } = await runInProcess([...command.split(' '), ...more], {
        folder: folder.path,
      })
      expect([0, 1, 2, 3]).toContain(code)
      if (code === 2) expect(error).toMatch(/^Error: /)
    })
  }, 3_600_000)
})

const header = mutatedText([
  '7',
  '0.5',
  '6m0s',
  '1h2m3.5s',
  '2026-11-23T12:00:30Z',
  'Wed, 21 Oct 2026 07:28:00 GMT',
  '1764000000',
  '1764000000000',
  '-1',
  '9'.repeat(400),
])
const names = [
  'retry-after',
  'retry-after-ms',
  ...['limit', 'remaining', 'reset'].flatMap(part => [
    `x-ratelimit-${part}-requests`,
    `x-ratelimit-${part}-tokens`,
    `x-ratelimit-${part}`,
    `anthropic-ratelimit-tokens-${part}`,
    `x-ratelimit-${part}-requests-day`,
  ]),
]

describe(`headers, mutated (seed ${seed})`, () => {
  it('are numbers that can be waited for, or nothing', async () => {
    const given = fc.record({
      headers: fc.dictionary(fc.constantFrom(...names), header),
      body: mutatedText([
        'Please try again in 6m0s.',
        '{"retryDelay": "45.8s"}',
        'retry after 20 seconds',
        `try again in ${'1'.repeat(50_000)}`,
      ]),
      provider: fc.constantFrom(
        'openai',
        'anthropic',
        'groq',
        'mistral',
        'openrouter',
        'together',
        '__proto__',
      ),
      nowMs: fc.constantFrom(Date.UTC(2026, 10, 23), 0),
    })
    await holdForAll(given, 400, options => {
      const { headers, nowMs } = options
      const limits = parseRateLimits(headers, options) ?? []
      const waits = [
        retryAfterMs({ ...options, limits }),
        usedUpResetMs(limits),
        ...Object.values(headers).map(text => parseReset(text, nowMs)),
      ]
      for (const wait of waits) {
        if (wait === undefined) continue
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(new Date(nowMs + wait).getTime()).not.toBeNaN()
      }
      hasLimitOfZero(headers, options)
      for (const { limit = 1, remaining = 0, resetMs = 0, windowMs } of limits) {
        for (const number of [limit, remaining, resetMs, windowMs]) {
          expect(number).toBeGreaterThanOrEqual(0)
        }
      }
    })
  }, 3_600_000)
})
