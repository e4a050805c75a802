import { PassThrough, Readable } from 'node:stream'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import { systemClock } from '../../lib/host/system-clock.js'
import { openBatch } from '../../lib/plan/open-batch.js'
import { fakeClock } from '../support/fake-clock.js'
import {
  limitedProvider,
  type ProviderProfile,
  providerProfiles,
} from '../support/limited-provider.js'
import { passTime } from '../support/pass-time.js'
import { range } from '../support/rows.js'
import { startStubServer } from '../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const keys = 'OPENAI ANTHROPIC GEMINI GROQ MISTRAL OPENROUTER TOGETHER CEREBRAS FIREWORKS'.split(
  ' ',
)

describe('a batch, under the limits of a provider', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  async function run(profile: ProviderProfile, rows: number, options: Partial<BatchOptions> = {}) {
    const clock = Object.assign(fakeClock(), { random: systemClock.random })
    const provider = limitedProvider(profile, clock)
    const server = await startStubServer(provider.server)
    const input = await workdir.write(
      'in.txt',
      range(rows)
        .map(row => `question ${row}\n`)
        .join(''),
    )
    const batch = await openBatch(
      {
        input,
        model: profile.model,
        output: workdir.join('out.csv'),
        concurrency: 10,
        log: false,
        ...options,
      },
      {
        environment: {
          ...server.environment,
          ...Object.fromEntries(keys.flatMap(name => [[`${name}_API_KEY`, 'spec-key-12345']])),
          LLM_GEMINI_KEY: 'spec-key-12345',
          LLM_USER_PATH: workdir.join('llm-user'),
        },
        platform: 'linux',
        homeDirectory: workdir.path,
        stdin: Readable.from([]),
        stdout: new PassThrough().resume(),
        isTerminalOutput: false,
        clock,
      },
    )
    const isStill = () => server.inFlight() === 0
    try {
      const summary = await passTime({ clock, during: batch.run(), isStill, stepMs: 250 })
      return { summary, refusals: provider.refusals() }
    } finally {
      await batch.close()
      await server.close()
    }
  }

  const stating = Object.entries(providerProfiles).filter(([name]) => name !== 'gemini')

  it.each(stating)(
    'is refused next to nothing, and answers all: %s',
    async (_name, profile) => {
      const { summary, refusals } = await run(profile, 150)

      expect(summary.tally).toMatchObject({ answered: 150, failed: 0 })
      expect(refusals).toBeLessThanOrEqual(2)
    },
    60_000,
  )

  it('learns Gemini’s limit from its first refusals, which is the only place where it stands', async () => {
    const { summary, refusals } = await run(providerProfiles.gemini as ProviderProfile, 200)

    expect(summary.tally).toMatchObject({ answered: 200, failed: 0 })
    // As many as were in flight when the limit was first passed, and one more for each window.
    expect(refusals).toBeLessThanOrEqual(10 + 4)
  }, 60_000)

  it.each(['groq', 'cerebras'])(
    'ends, after a refusal or a few, when the quota of a day is used up: %s',
    async name => {
      const profile = providerProfiles[name] as ProviderProfile
      const limits = profile.limits.map(limit =>
        limit.kind === 'requests' ? { ...limit, limit: 20 } : limit,
      )
      const { summary, refusals } = await run({ ...profile, limits }, 100)

      expect(summary.tally.answered).toBe(20)
      expect(refusals).toBeLessThanOrEqual(3)
      expect(summary.stopReason).toMatchObject({
        code: 'QUOTA_EXHAUSTED',
        message: expect.stringContaining('requests per day'),
        remedy: expect.stringMatching(/opens again at \d{4}-\d\d-\d\d \d\d:\d\d \(local time\)/),
      })
    },
    60_000,
  )

  it('keeps a token limit of the user below the provider’s', async () => {
    const profile = providerProfiles.openai as ProviderProfile
    const tokens = { ...profile, limits: profile.limits.filter(({ kind }) => kind === 'tokens') }
    const lower = tokens.limits.map(limit => ({ ...limit, limit: 3_000, header: undefined }))
    const { summary, refusals } = await run({ ...tokens, limits: lower as never }, 30, {
      tokenLimit: 2_700,
    })

    expect(summary.tally).toMatchObject({ answered: 30 })
    expect(refusals).toBe(0)
  }, 60_000)
})
