import fc from 'fast-check'
import type { RecordedAnswer } from '../../../lib/port/batch-store.js'
import type { Outcome } from '../../../lib/row/outcome.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { emptyTally } from '../../../lib/row/tally.js'
import { openBatchStore } from '../../../lib/store/open-batch-store.js'
import { queryDatabase } from '../../support/query-database.js'
import { answer, failed, prompt, range } from '../../support/rows.js'
import { scale } from '../../support/scale.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { edits, promptTexts } from '../edited-input.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'

const run = { id: 'b', inputFile: '/in.csv', outputFile: undefined, model: 'm', config: {} }
const noPulse = { totalRows: undefined, tally: emptyTally }

/**
 * One run of a batch: how the input was edited before it, how it is read, and what becomes of rows
 * asked.
 */
const runs = fc.array(
  fc.record({
    edit: edits,
    groupRows: fc.integer({ min: 1, max: 9 }),
    /** Rows looked up before the process is killed. */
    lives: fc.oneof(fc.nat(30), fc.constant(1000)),
    /** Of each row asked, in turn: in flight when the process is killed, failed, or answered. */
    fates: fc.array(fc.constantFrom('lost', 'failed', 'answered', 'answered'), { minLength: 7 }),
  }),
  { minLength: 2, maxLength: 5 },
)

describe('the answers of earlier runs', () => {
  let workdir: Workdir

  beforeEach(async () => {
    workdir = await makeWorkdir()
  })

  afterEach(async () => {
    await workdir.remove()
  })

  /** As a new process opens it, when the one before was killed. */
  const open = (path: string, log = false) =>
    openBatchStore({
      path,
      clock: storeClock(),
      log,
      driver: specDriver,
      processId: 1,
      identifyProcess: () => undefined,
    })

  it(
    'spare every call they can, are given once each and never lost, whatever is edited and whenever it is killed',
    async () => {
      let files = 0
      await fc.assert(
        fc.asyncProperty(fc.array(promptTexts, { maxLength: 25 }), runs, async (first, history) => {
          files += 1
          const path = workdir.join(`${files}.db`)
          const model = answersKept()
          let input: string[] = first
          let calls = 0
          for (const [number, { edit, groupRows, lives, fates }] of history.entries()) {
            input = edit(input)
            const isLast = number === history.length - 1
            const prompts = input.slice(0, isLast ? input.length : lives).map(promptOf)
            const store = await open(path, isLast)
            const held = await (number === 0 ? store.begin(run) : store.resume(run))
            const begun = await held.start()
            model.begin()
            for (let from = 0; from < prompts.length; from += groupRows) {
              const group = prompts.slice(from, from + groupRows)
              const answers = await begun.recall(group)
              const outcomes: Outcome[] = []
              for (const [at, asked] of group.entries()) {
                if (model.give(asked, answers[at])) continue
                calls += 1
                const fate = isLast ? 'answered' : fates[calls % fates.length]
                if (fate === 'answered') outcomes.push(model.answer(asked, `answer ${calls}`))
                if (fate === 'failed')
                  outcomes.push({ ...failed(0), row: asked.row, prompt: asked })
              }
              void begun.append(outcomes)
            }
            if (isLast) {
              await begun.end({ status: 'completed', pulse: noPulse, isWhole: true })
              model.complete()
            }
            await store.close()
            const stored = `SELECT response, row_index FROM batch_rows WHERE status = 'answered'`
            if (!isLast) continue
            expect(indicesByText(await queryDatabase(path, stored))).toEqual(model.indices())
          }
          const placed = 'SELECT row_index FROM batch_rows WHERE row_index IS NOT NULL ORDER BY 1'
          const rest = await queryDatabase(path, placed)
          expect(rest.map(({ row_index }) => row_index)).toEqual(range(input.length))
        }),
        { numRuns: 25 * scale },
      )
    },
    120_000 * scale,
  )

  it('take no row for another that was given its number after it was replaced', async () => {
    const path = workdir.join('numbers.db')
    const answered = (asked: Prompt, text: string): Outcome => ({
      kind: 'answered',
      row: asked.row,
      prompt: asked,
      answer: answer(text),
      attempts: 1,
    })
    const first = await open(path)
    const begun = await (await first.begin(run)).start()
    void begun.append([answered(promptOf('c', 0), 'of c')])
    void begun.append([{ ...failed(1), row: promptOf('a', 1).row, prompt: promptOf('a', 1) }])
    await first.close()

    const second = await open(path, true)
    const resumed = await (await second.resume(run)).start()
    await resumed.recall([promptOf('b', 0)])
    await resumed.recall([promptOf('d', 1)])
    void resumed.append([answered(promptOf('d', 1), 'of d')])
    void resumed.append([answered(promptOf('b', 0), 'of b')])
    await resumed.end({ status: 'completed', pulse: noPulse, isWhole: true })
    await second.close()

    const stored = 'SELECT response FROM batch_rows WHERE row_index >= 0 ORDER BY row_index'
    expect(await queryDatabase(path, stored)).toEqual([{ response: 'of b' }, { response: 'of d' }])
  })
})

function promptOf(text: string, index: number): Prompt {
  return { ...prompt(index, text), hash: text.padStart(64, '0') }
}

function indicesByText(
  rows: { response: string; row_index: number | null }[],
): Map<string, number | null> {
  return new Map(rows.map(({ response, row_index }) => [response, row_index]))
}

interface KeptAnswer {
  readonly hash: string
  /** Absent for one without a place. */
  index: number | null
  isUsed: boolean
}

/** What the store promises, by the plainest means; each answer's text is its own. */
function answersKept() {
  const kept = new Map<string, KeptAnswer>()
  return {
    begin() {
      for (const one of kept.values()) one.isUsed = false
    },
    /** Checks what was given to a prompt; whether anything was. */
    give({ hash, row }: Prompt, given: RecordedAnswer | undefined): boolean {
      const left = [...kept.values()].filter(one => !one.isUsed && one.hash === hash)
      if (given === undefined) {
        expect(left).toEqual([])
        return false
      }
      const one = kept.get(given.text) as KeptAnswer
      expect(left).toContain(one)
      expect(resolveLinks(one)).toBe(Math.min(...left.map(resolveLinks)))
      one.isUsed = true
      one.index = row.index
      return true
    },
    answer(asked: Prompt, text: string): Outcome {
      kept.set(text, { hash: asked.hash, index: asked.row.index, isUsed: true })
      return {
        kind: 'answered',
        row: asked.row,
        prompt: asked,
        answer: answer(text),
        attempts: 1,
      }
    },
    complete() {
      for (const one of kept.values()) if (!one.isUsed) one.index = null
    },
    indices: () => new Map([...kept].map(([text, { index }]) => [text, index])),
  }
}

function resolveLinks({ index }: KeptAnswer): number {
  return index ?? Number.POSITIVE_INFINITY
}
