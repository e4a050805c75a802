import fc from 'fast-check'
import { faultKinds } from '../support/fault-point.js'
import { scale } from '../support/scale.js'
import { openBench } from '../support/use-command.js'
import { anySequence, type EditStep, plainRun, type RunStep, type Sequence } from './steps.js'
import { liveThrough } from './world.js'

/**
 * Whole runs of the built command against the plain model of `batch-model.ts`.
 *
 * A failure prints a seed and a path. The same sequence again, and then shorter ones that fail as
 * well:
 *
 *     LLM_SPEC_SEQUENCE='{"seed":1,"path":"4"}' make test ONLY=spec/model-run
 */
const replayed = process.env.LLM_SPEC_SEQUENCE
const sequences = scale > 1 ? 2 * scale : 1

async function live(sequence: Sequence, hits?: Set<string>): Promise<void> {
  const bench = await openBench()
  try {
    await liveThrough(bench, sequence, hits)
  } finally {
    await bench.close()
  }
}

describe('a batch over all its runs', () => {
  it.each(faultKinds)(
    'is whole after a kill before, and another after: %s',
    async kind => {
      const hits = new Set<string>()
      const killed = (when: 'before' | 'after'): RunStep => ({
        ...plainRun,
        isUnwell: when === 'before',
        trouble: { kind: 'kill', at: `${kind}:${when}:1` },
      })
      const words = [
        ...Array.from({ length: 9 }, (_, index) => `word ${index}`),
        'word 3',
        'flaky 1',
      ]
      const edit: EditStep = { kind: 'edit', how: 'insert', at: 2, word: 'word 20' }
      // Only what goes on with a batch puts a new output in the place of the old one.
      const begin = kind === 'rename' ? [plainRun] : []

      await live({ words, steps: [...begin, killed('before'), edit, killed('after')] }, hits)

      expect([...hits]).toEqual([`${kind}:before`, `${kind}:after`])
    },
    60_000,
  )

  it('leaves nothing beside an output that a run was about to write when it was killed', async () => {
    const trouble = { kind: 'kill', at: 'transaction:before:2' } as const
    const elsewhere: RunStep = { ...plainRun, output: 'other.csv', trouble }

    await live({ words: ['word 1', 'word 2'], steps: [plainRun, elsewhere] })
  }, 60_000)

  it.each(['during', 'after'] as const)(
    'has each row once where a process that stood still wakes %s the run of another',
    async wakes => {
      const words = Array.from({ length: 12 }, (_, index) => `word ${index}`)
      const trouble = { kind: 'suspend', after: 2, wakes, isEdited: true } as const

      await live({ words: [...words, 'bad 1'], steps: [{ ...plainRun, trouble }] })
    },
    60_000,
  )

  it.each([
    ['counts once', 'during', true],
    ['counts once', 'after', true],
    ['forgets', 'during', false],
    ['forgets', 'after', false],
  ] as const)(
    '%s an answer that keeps its row where a process that stood still wakes %s the run of another, logged: %s',
    async (_, wakes, isLogged) => {
      // Turned around, this input has the same words in its first rows.
      const words = ['word 1', 'word 2', 'word 3', 'word 5', 'word 4', 'word 2', 'word 1']
      const trouble = { kind: 'suspend', after: 3, wakes, isEdited: true } as const

      await live({ words, steps: [{ ...plainRun, isLogged, trouble }] })
    },
    60_000,
  )

  it(
    'keeps what is promised, whatever happens to it',
    async () => {
      await fc.assert(
        fc.asyncProperty(anySequence, sequence => live(sequence)),
        {
          numRuns: sequences,
          // In `make test` the same each time; in `make soak` others each time.
          ...(scale > 1 ? {} : { seed: 1 }),
          ...(replayed === undefined ? { endOnFailure: true } : JSON.parse(replayed)),
        },
      )
    },
    replayed === undefined ? (sequences + 2) * 60_000 : 3_600_000,
  )
})
