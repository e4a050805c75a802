import fc from 'fast-check'
import { createStopSwitch } from '../../lib/call/stop-switch.js'
import type { ReusedAnswer } from '../../lib/port/batch-store.js'
import type { Outcome, PromptOrOutcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { equalPrompts } from '../../lib/stage/equal-prompts.js'
import { reuseAnswers } from '../../lib/stage/reuse-answers.js'
import { answeredOf, failedOf, promptOf } from '../support/equal-rows.js'
import { settle } from '../support/fake-clock.js'
import { countedSource } from '../support/pass-groups.js'
import { failed, fault, range } from '../support/rows.js'
import { scale } from '../support/scale.js'

type Step = { readonly kind: 'read' | 'turn' | 'stop' | 'lose' } | Ending

interface Ending {
  readonly kind: 'answer' | 'fail-prompt' | 'fail-moment' | 'fail-run'
  readonly call: number
}

const plain = (kind: 'read' | 'turn' | 'stop' | 'lose') => fc.record({ kind: fc.constant(kind) })
const ending = (kind: 'answer' | 'fail-prompt' | 'fail-moment' | 'fail-run') =>
  fc.record({ kind: fc.constant(kind), call: fc.nat(20) })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: plain('read') },
  { weight: 8, arbitrary: plain('turn') },
  { weight: 8, arbitrary: ending('answer') },
  { weight: 2, arbitrary: ending('fail-prompt') },
  { weight: 2, arbitrary: ending('fail-moment') },
)
const end = fc.constantFrom<Step[]>(
  [],
  [],
  [{ kind: 'stop' }],
  [{ kind: 'lose' }],
  [{ kind: 'fail-run', call: 0 }],
)
const given = fc.record({
  words: fc.array(fc.nat(6), { minLength: 1, maxLength: 60 }),
  groupRows: fc.integer({ min: 1, max: 9 }),
  waitingRows: fc.integer({ min: 1, max: 6 }),
  rememberedFaults: fc.integer({ min: 1, max: 9 }),
  /** How many answers a look-up covers, and how many turns it takes. */
  found: fc.integer({ min: 1, max: 9 }),
  turns: fc.nat(3),
  cached: fc.array(fc.nat(6), { maxLength: 2 }),
  steps: fc.array(step, { maxLength: 80 }),
  end,
  last: fc.array(step, { maxLength: 20 }),
})
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never

/** The stage between a source and a reader that asks, and beside it what must be true. */
function modelled({ words, groupRows, waitingRows, rememberedFaults, ...rest }: Given) {
  const equals = equalPrompts({ waitingRows, rememberedFaults })
  const stop = createStopSwitch()
  const record = new Map<string, ReusedAnswer>()
  for (const word of rest.cached) record.set(textOf(word), { text: 'cached', from: 'cached' })
  const rows = words.map((word, index) =>
    // Some rows cannot be read.
    index % 11 === 10 ? failed(index, 'RECORD_INVALID') : promptOf(index, textOf(word)),
  )
  const groups = range(Math.ceil(rows.length / groupRows)).map(at =>
    rows.slice(at * groupRows, (at + 1) * groupRows),
  )
  const outcomes = new Map<number, Outcome>()
  const inFlight: Prompt[] = []
  const answers = new Map<string, number>()
  /** The prompts with a failure of their own, of which the latest are remembered. */
  const refused = new Set<string>()
  let isLost = false
  let hasEnded = false
  let out = 0
  const { source, count } = countedSource(groups)
  const stage = source.pipe(reuseAnswers({ find, equals, stop }))
  stage.on('end', () => {
    hasEnded = true
  })
  return { rows, outcomes, answers, act, drain }

  async function find(prompts: readonly Prompt[]): Promise<readonly (ReusedAnswer | undefined)[]> {
    const known = prompts.slice(0, rest.found).map(({ text }) => record.get(text))
    for (const _turn of range(rest.turns)) await settle()
    if (isLost) throw fault('DATABASE_UNUSABLE', 'run')
    return known
  }

  async function act(one: Step): Promise<void> {
    if (one.kind === 'turn') await settle()
    else if (one.kind === 'read') read()
    else if (one.kind === 'lose') isLost = true
    else if (one.kind === 'stop') stop.request(fault('RUN_STOPPED', 'run'))
    else endCall(one as Ending)
  }

  function read(): void {
    const group = stage.read() as readonly PromptOrOutcome[] | null
    for (const one of group ?? []) take(one)
    const taken = Math.min(count.given * groupRows, rows.length)
    // A group that is read ahead, one in the stage, and one that waits for the reader.
    expect(taken - out).toBeLessThanOrEqual(2 * waitingRows + 5 * groupRows)
  }

  function take(one: PromptOrOutcome): void {
    out += 1
    if (one.kind !== 'prompt') note(one)
    else if (stop.signal.aborted) note({ kind: 'skipped', row: one.row })
    else {
      expect(inFlight.map(({ text }) => text)).not.toContain(one.text)
      expect(isLost || !record.has(one.text)).toBe(true)
      if (rememberedFaults > 6) expect([...refused]).not.toContain(one.text)
      inFlight.push(one)
    }
  }

  function endCall({ kind, call }: Ending): void {
    const [asked] = inFlight.splice(call % Math.max(1, inFlight.length), 1)
    if (asked === undefined) return
    if (kind === 'answer') {
      answers.set(asked.text, (answers.get(asked.text) ?? 0) + 1)
      const outcome = answeredOf(asked)
      record.set(asked.text, { text: outcome.answer.text, from: 'equal' })
      note(outcome)
    } else if (kind === 'fail-moment') note(failedOf(asked))
    else if (kind === 'fail-run') {
      stop.request(fault('KEY_INVALID', 'run'))
      note(failedOf(asked, 'KEY_INVALID'))
    } else {
      refused.add(asked.text)
      note(failedOf(asked, 'ANSWER_TRUNCATED'))
    }
  }

  /** The row is recorded. */
  function note(outcome: Outcome): void {
    expect(outcomes.has(outcome.row.index)).toBe(false)
    outcomes.set(outcome.row.index, outcome)
    equals.ended([outcome])
  }

  /** Reads everything, and answers whatever is asked. */
  async function drain(): Promise<void> {
    while (!hasEnded || inFlight.length > 0) {
      read()
      endCall({ kind: 'answer', call: 0 })
      await settle()
    }
  }
}

function textOf(word: number): string {
  return `word ${word}`
}

describe('reuseAnswers, whatever happens', () => {
  it('gives each row one outcome, and asks no prompt that is asked or answered', async () => {
    await fc.assert(
      fc.asyncProperty(given, async one => {
        const { rows, outcomes, answers, act, drain } = modelled(one)
        for (const each of [...one.steps, ...one.end, ...one.last]) await act(each)
        await drain()

        expect(outcomes.size).toBe(rows.length)
        for (const row of rows) {
          const outcome = outcomes.get(row.row.index)
          if (row.kind === 'failed') expect(outcome).toBe(row)
          else if (outcome?.kind === 'answered') {
            const text = one.cached.map(textOf).includes(row.text)
              ? 'cached'
              : `answer to ${row.text}`
            if (outcome.reused !== undefined || !one.end.some(({ kind }) => kind === 'lose')) {
              expect(outcome.answer.text).toBe(text)
            }
            expect(outcome.attempts).toBe(outcome.reused === undefined ? 1 : 0)
          } else if (outcome?.kind === 'failed') {
            expect(outcome.attempts).toBe(outcome.reused === undefined ? 3 : 0)
          } else expect(one.end).not.toEqual([])
        }
        // Without a fault of the record, each prompt is answered once.
        if (one.end.length === 0) expect(Math.max(0, ...answers.values())).toBeLessThanOrEqual(1)
      }),
      { numRuns: 150 * scale },
    )
  }, 120_000)
})
